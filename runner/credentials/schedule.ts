/** When a running session is copied, in milliseconds. */
export type SnapshotTiming = {
  /** How often it is looked at. */
  checkMs: number;
  /** Online for this long, and with the same number, before the first copy. */
  onlineMs: number;
  /** Changes wait for this long at least, and longer for large credentials. */
  gapMs: number;
  /** Changes wait for this long at most. */
  everyMs: number;
  /** The engine stands still for this long at most. */
  pauseMs: number;
  /** The copy after the engine has closed may take this long before the session goes on to end. */
  atRestMs: number;
};

export const SNAPSHOT_TIMING: SnapshotTiming = {
  checkMs: 15_000,
  onlineMs: 60_000,
  gapMs: 60_000,
  everyMs: 600_000,
  pauseMs: 250,
  atRestMs: 120_000,
};

/** The same with other numbers for when to copy. */
export function snapshotTiming(given: { afterMs: number; everyMs: number }): SnapshotTiming {
  const { afterMs, everyMs } = given;
  const checkMs = Math.min(SNAPSHOT_TIMING.checkMs, afterMs / 2);
  return { ...SNAPSHOT_TIMING, checkMs, onlineMs: afterMs, gapMs: afterMs, everyMs };
}

/** What a session's copies may take of the network on average while it runs. */
const BYTES_PER_SECOND = 100_000;

export type SnapshotState = {
  onlineForMs: number;
  /** Since the last try; null before the first in this epoch. */
  sinceLastMs: number | null;
  /** Of the last sealed bundle; 0 when there was none. */
  lastSizeBytes: number;
  /** Files are others than those that were copied last. */
  changed: boolean;
  /** The database is larger than it was then. */
  grew: boolean;
};

/** Whether to copy now: growth soon, other changes about every `everyMs`, nothing new never. */
export function isSnapshotDue(state: SnapshotState, timing: SnapshotTiming): boolean {
  if (state.onlineForMs < timing.onlineMs) return false;
  if (state.sinceLastMs === null) return true;
  if (!state.changed) return false;
  if (state.sinceLastMs >= timing.everyMs) return true;
  const costMs = (state.lastSizeBytes / BYTES_PER_SECOND) * 1_000;
  return state.grew && state.sinceLastMs >= Math.max(timing.gapMs, costMs);
}
