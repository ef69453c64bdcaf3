import { labelled, type Metric, single } from '../../shared/metrics/exposition.ts';
import { SESSION_STATUSES, type SessionStatus } from '../../shared/session-status.ts';
import type { RunnerCounts } from './counts.ts';

/** What a runner is at the moment of a scrape. */
export type RunnerState = {
  counts: RunnerCounts;
  sessions: readonly { status: SessionStatus }[];
  places: number;
  draining: boolean;
  /** Since the edge last answered a heartbeat; null when it never did. */
  heartbeatAnswerAgeMs: number | null;
  spool: { size: number; heldBytes: number };
  /** Memory of each session's processes. */
  browserBytes: readonly number[];
};

/** Pure. No label has a session's or a customer's id: a runner's own series must stay few. */
export const runnerMetrics = (state: RunnerState): Metric[] => [
  ...sessionMetrics(state),
  ...workMetrics(state),
];

function sessionMetrics({ sessions, places, draining, browserBytes }: RunnerState): Metric[] {
  const countOf = (status: SessionStatus): number =>
    sessions.filter((session) => session.status === status).length;
  return [
    labelled(
      'gauge',
      'waypost_runner_held_sessions',
      'Sessions on this runner by status.',
      'status',
      SESSION_STATUSES.map((status) => [status, countOf(status)] as const),
    ),
    single(
      'gauge',
      'waypost_runner_session_limit',
      'Sessions that this runner has room for.',
      places,
    ),
    single(
      'gauge',
      'waypost_runner_draining',
      'Whether this runner is shutting down: 1 or 0.',
      Number(draining),
    ),
    single(
      'gauge',
      'waypost_runner_browsers_memory_bytes',
      'Memory of all sessions’ browsers, as of the last half minute.',
      browserBytes.reduce((sum, bytes) => sum + bytes, 0),
    ),
    single(
      'gauge',
      'waypost_runner_largest_browser_memory_bytes',
      'Memory of the session whose browser takes most.',
      Math.max(0, ...browserBytes),
    ),
  ];
}

function workMetrics({ counts, heartbeatAnswerAgeMs, spool }: RunnerState): Metric[] {
  return [
    labelled(
      'counter',
      'waypost_runner_messages_settled_total',
      'Messages that this runner has settled, by outcome; `not_begun` went back into the queue.',
      'outcome',
      Object.entries(counts.settled),
    ),
    single(
      'counter',
      'waypost_runner_messages_received_total',
      'Messages that came in on this runner.',
      counts.received,
    ),
    labelled(
      'counter',
      'waypost_runner_commands_total',
      'Commands of the edge by outcome.',
      'outcome',
      Object.entries(counts.commands),
    ),
    single(
      'counter',
      'waypost_runner_reconnects_total',
      'Attempts to bring a session back after its connection or its engine was lost.',
      counts.reconnects,
    ),
    single(
      'counter',
      'waypost_runner_recycled_total',
      'Browsers that were replaced since they took too much memory.',
      counts.recycled,
    ),
    single(
      'counter',
      'waypost_runner_heartbeat_failures_total',
      'Heartbeats without an answer in time.',
      counts.heartbeatFailures,
    ),
    single(
      'gauge',
      'waypost_runner_heartbeat_answer_age_seconds',
      'Time since the edge last answered a heartbeat of this runner.',
      heartbeatAnswerAgeMs === null ? null : heartbeatAnswerAgeMs / 1_000,
    ),
    single(
      'gauge',
      'waypost_runner_spool_reports',
      'Reports that the edge has not confirmed yet.',
      spool.size,
    ),
    single(
      'gauge',
      'waypost_runner_spool_memory_bytes',
      'Memory of the reports that are waiting.',
      spool.heldBytes,
    ),
  ];
}
