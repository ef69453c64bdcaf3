import type { AccountLimits } from '../protocol/limits.ts';
import type { PageFault } from '../protocol/page-faults.ts';
import type { Faults } from './faults.ts';
import type { Hub } from './hub.ts';
import type { Ledger } from './ledger.ts';
import type { Presences } from './presences.ts';

/** Everything the sandbox's rules work on. Worlds (tenants) share it and never see one another: every row names its world. */
export type World = {
  ledger: Ledger;
  hub: Hub;
  presences: Presences;
  /** By world and phone id; nothing of it survives a restart. */
  limits: Map<string, AccountLimits>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Runs `task` later unless the sandbox closes first. */
  later: (delayMs: number, task: () => void | Promise<void>) => void;
  /** Settings for pages and accounts that have none of their own; changed through the control API. */
  defaults: { faults: Faults; build: readonly PageFault[] };
  mediaDir: string;
  report: (error: unknown) => void;
};

export const seconds = (ms: number): number => Math.floor(ms / 1000);
