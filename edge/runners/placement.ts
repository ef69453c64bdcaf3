import type { RunnerAddress } from './port.ts';
import { byDistance, regionDistance } from './regions.ts';

/** A runner that has not been heard of for this long gets no new session. */
export const PLACEABLE_HEARTBEAT_AGE_MS = 15_000;

/**
 * Sessions that may begin within a minute: on one runner, since browsers that start together starve each other, and for
 * one workspace, so that a big one's restart leaves room for the others.
 */
export const STARTS_PER_MINUTE = { runner: 20, workspace: 30 } as const;

/** A runner as its last heartbeat described it. `sessions` counts those it owns or is meant to take up. */
export type RunnerLoad = RunnerAddress & {
  region: string;
  maxSessions: number;
  sessions: number;
  draining: boolean;
  /** By the database's clock. */
  heartbeatAgeMs: number;
  /** The fleet is about to stop its machine. */
  cordoned?: boolean;
  /** Sessions that it was handed within the last minute. */
  startsLastMinute?: number;
};

export type Wanted = {
  /** Null: no region is nearer than another. */
  region: string | null;
  /** Share of each runner's places that is kept free from this session; 0 when not given. */
  reservedPercent?: number;
  /** What the session's workspace has begun within the last minute. */
  workspaceStartsLastMinute?: number;
};

/** How many of so many places are kept from sessions that leave the reserved ones to others; `reservedPlaces` in SQL. */
export const reservedOf = (maxSessions: number, reservedPercent: number): number =>
  Math.floor((maxSessions * reservedPercent) / 100);

function canTakeOne(runner: RunnerLoad, reservedPercent: number): boolean {
  return (
    !runner.draining &&
    runner.cordoned !== true &&
    runner.heartbeatAgeMs < PLACEABLE_HEARTBEAT_AGE_MS &&
    runner.sessions < runner.maxSessions - reservedOf(runner.maxSessions, reservedPercent) &&
    (runner.startsLastMinute ?? 0) < STARTS_PER_MINUTE.runner
  );
}

/**
 * The runner that should get a session: a live one with room, in the wanted region or else the nearest that has one, the
 * least loaded by share of its own capacity (sessions are spread, not packed: docs/fleet.md says why). Equal ones are told
 * apart by id, so that the choice is repeatable.
 * @returns null when no runner can take it now; a heartbeat of one that can will pick the session up later
 */
export function choosePlacement(runners: readonly RunnerLoad[], want: Wanted): RunnerLoad | null {
  if ((want.workspaceStartsLastMinute ?? 0) >= STARTS_PER_MINUTE.workspace) return null;
  const able = runners.filter((runner) => canTakeOne(runner, want.reservedPercent ?? 0));
  const near = nearestOnly(able, want.region);
  return near.reduce<RunnerLoad | null>(
    (best, runner) => (best === null || isLighter(runner, best) ? runner : best),
    null,
  );
}

function isLighter(left: RunnerLoad, right: RunnerLoad): boolean {
  const difference = left.sessions / left.maxSessions - right.sessions / right.maxSessions;
  return difference < 0 || (difference === 0 && left.runnerId < right.runnerId);
}

/** Those in the nearest region that has any. Regions of unknown place are all as far, and count as one. */
function nearestOnly(runners: readonly RunnerLoad[], wanted: string | null): readonly RunnerLoad[] {
  if (wanted === null) return runners;
  const regions = [...new Set(runners.map(({ region }) => region))];
  const [nearest] = byDistance(wanted, regions);
  if (nearest === undefined || !Number.isFinite(regionDistance(wanted, nearest))) return runners;
  return runners.filter(({ region }) => region === nearest);
}
