import type { z } from 'zod';
import type { Actions, Reads } from '../control-schemas.ts';
import type { World } from '../world/world.ts';

export type Act<K extends keyof Actions> = (
  world: World,
  input: z.output<Actions[K]['request']>,
) => Promise<z.output<Actions[K]['response']>>;

export type Read<K extends keyof Reads> = (
  world: World,
  input: z.output<Reads[K]['request']>,
) => Promise<z.output<Reads[K]['response']>>;
