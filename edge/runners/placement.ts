import type { RunnerAddress } from './port.ts';

/** A runner that has not been heard of for this long gets no new session. */
export const PLACEABLE_HEARTBEAT_AGE_MS = 15_000;

/** A runner as its last heartbeat described it. `sessions` counts those it owns or is meant to take up. */
export type RunnerLoad = RunnerAddress & {
  region: string;
  maxSessions: number;
  sessions: number;
  draining: boolean;
  /** By the database's clock. */
  heartbeatAgeMs: number;
};

function canTakeOne(runner: RunnerLoad): boolean {
  return (
    !runner.draining &&
    runner.heartbeatAgeMs < PLACEABLE_HEARTBEAT_AGE_MS &&
    runner.sessions < runner.maxSessions
  );
}

/**
 * The runner that should get a session: a live one with room, in the wanted region if there is any, the least loaded by
 * share of its own capacity. Equal ones are told apart by id, so that the choice is repeatable.
 * @returns null when no runner can take it; a heartbeat of one that can will pick the session up later
 */
export function choosePlacement(
  runners: readonly RunnerLoad[],
  want: { region: string | null },
): RunnerLoad | null {
  const able = runners.filter(canTakeOne);
  const near = able.filter((runner) => runner.region === want.region);
  const [best = null] = (near.length > 0 ? near : able).toSorted(
    (left, right) =>
      left.sessions / left.maxSessions - right.sessions / right.maxSessions ||
      (left.runnerId < right.runnerId ? -1 : 1),
  );
  return best;
}
