import { describe, expect, it } from 'vitest';
import { isSnapshotDue, SNAPSHOT_TIMING, type SnapshotState } from './schedule.ts';

const MINUTE = 60_000;
const state: SnapshotState = {
  onlineForMs: 10 * MINUTE,
  sinceLastMs: 2 * MINUTE,
  lastSizeBytes: 100_000,
  changed: true,
  grew: true,
};

describe('whether a running session is copied now', () => {
  it.each<[string, Partial<SnapshotState>, boolean]>([
    ['it grew', {}, true],
    ['it is online for less than a minute', { onlineForMs: MINUTE - 1 }, false],
    ['the first in this epoch', { sinceLastMs: null, grew: false, changed: true }, true],
    ['it grew just after the last', { sinceLastMs: MINUTE - 1 }, false],
    ['it changed and did not grow', { grew: false }, false],
    [
      'it changed and did not grow for ten minutes',
      { grew: false, sinceLastMs: 10 * MINUTE },
      true,
    ],
    [
      'nothing changed for an hour',
      { grew: false, changed: false, sinceLastMs: 60 * MINUTE },
      false,
    ],
    ['a large one that grew', { lastSizeBytes: 50_000_000 }, false],
    [
      'a large one that grew after nine minutes',
      { lastSizeBytes: 50_000_000, sinceLastMs: 9 * MINUTE },
      true,
    ],
    [
      'a huge one that grew after ten minutes',
      { lastSizeBytes: 500_000_000, sinceLastMs: 10 * MINUTE },
      true,
    ],
  ])('%s', (_, given, expected) => {
    expect(isSnapshotDue({ ...state, ...given }, SNAPSHOT_TIMING)).toBe(expected);
  });
});
