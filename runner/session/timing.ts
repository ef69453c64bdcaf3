import { LIVENESS, type LivenessTiming } from './liveness.ts';
import { SNAPSHOT_TIMING, type SnapshotTiming } from '../credentials/schedule.ts';
import type { ReconnectTiming } from './reconnect-plan.ts';
import { UNSETTLED_TIMING, type UnsettledTiming } from './unsettled.ts';

/** A session's patience, in milliseconds. */
export type SessionTiming = ReconnectTiming & {
  /** From the engine's start, or from `authenticated`, to what must come next. */
  readyMs: number;
  /** How long codes are shown that nobody scans or types. */
  qrTimeoutMs: number;
  /** How long the page may try to reconnect by itself. */
  reconnectMs: number;
  /** After this long online, the count of failed starts begins again at zero. */
  stableMs: number;
  liveness: LivenessTiming;
  unsettled: UnsettledTiming;
  snapshots: SnapshotTiming;
};

export const SESSION_TIMING: SessionTiming = {
  readyMs: 90_000,
  qrTimeoutMs: 900_000,
  reconnectMs: 180_000,
  stableMs: 300_000,
  retry: { baseMs: 1_000, maxMs: 60_000 },
  giveUpAfter: 8,
  // Eight pages that never come up take 18 min.
  giveUpWithinMs: 1_800_000,
  slowRetryMs: 600_000,
  liveness: LIVENESS,
  unsettled: UNSETTLED_TIMING,
  snapshots: SNAPSHOT_TIMING,
};
