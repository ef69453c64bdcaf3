import type { World } from '../testing/world.ts';

/** A linked sandbox session under measurement, and its phone. */
export type BenchSession = World & { id: string };
