import type { System } from './alias.ts';
import { evolution } from './evolution/evolution.ts';
import { gateway } from './gateway/gateway.ts';
import { instances } from './instances/instances.ts';
import { queue } from './queue/queue.ts';
import { sessions } from './sessions/sessions.ts';
import { wa } from './wa/wa.ts';
import { waha } from './waha/waha.ts';

/** The source systems whose routes work, in the order of the documentation. */
export const SYSTEMS: readonly System[] = [
  gateway,
  instances,
  sessions,
  queue,
  wa,
  waha,
  evolution,
];
