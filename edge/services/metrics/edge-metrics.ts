import { labelled, type Metric, type Sample, single } from '../../../shared/metrics/exposition.ts';
import { SESSION_MODES, SESSION_STATUSES } from '../../../shared/session-status.ts';
import type { Measured } from '../../values/measured.ts';
import type { Readiness } from '../../values/readiness.ts';
import { TOTALS } from './totals.ts';

/**
 * What `/metrics` shows of the deployment: of all workspaces together, since a label per workspace would make as many series
 * as there are customers. Without an answer of the database only the dependencies are there. Pure.
 */
export const edgeMetrics = (readiness: Readiness, measured: Measured | null): Metric[] => [
  labelled(
    'gauge',
    'waypost_dependency_up',
    'Whether a dependency of the edge answers: 1 or 0.',
    'dependency',
    Object.entries(readiness.dependencies).map(
      ([name, { status }]) => [name, status === 'up' ? 1 : 0] as const,
    ),
  ),
  ...(measured === null ? [] : measuredMetrics(measured)),
];

const measuredMetrics = (measured: Measured): Metric[] => [
  ...messageMetrics(measured),
  ...webhookMetrics(measured),
  ...sessionMetrics(measured),
  ...runnerMetrics(measured),
];

function messageMetrics(measured: Measured): Metric[] {
  const { queueAge, queueSessions, scheduledAge } = measured;
  const messages = totalOf(measured, TOTALS.messages);
  const steps = (names: readonly string[]) => names.map((name) => [name, messages(name)] as const);
  return [
    labelled(
      'counter',
      'waypost_messages_sent_total',
      'Outbound messages by how sending them ended.',
      'outcome',
      steps(['sent', 'failed', 'unknown']),
    ),
    labelled(
      'counter',
      'waypost_messages_acknowledged_total',
      'Outbound messages that reached a step after being sent.',
      'step',
      steps(['delivered', 'read', 'played']),
    ),
    single('counter', 'waypost_messages_received_total', 'Inbound messages.', messages('received')),
    single(
      'gauge',
      'waypost_queue_oldest_seconds',
      'Age of the oldest message at the head of a queue, of sessions that are online or reconnecting. Bulks are left out.',
      queueAge ?? 0,
    ),
    single(
      'gauge',
      'waypost_queue_sessions',
      'Sessions, online or reconnecting, with a message waiting. Bulks are left out.',
      queueSessions,
    ),
    single(
      'gauge',
      'waypost_scheduled_overdue_seconds',
      'How long the oldest scheduled message that is due has not been given a place in its queue.',
      scheduledAge ?? 0,
    ),
  ];
}

function webhookMetrics(measured: Measured): Metric[] {
  const attempts = totalOf(measured, TOTALS.webhookAttempts);
  return [
    labelled(
      'counter',
      'waypost_webhook_attempts_total',
      'Webhook attempts by outcome, without those that were refused before a request was made.',
      'outcome',
      ['succeeded', 'failed'].map((outcome) => [outcome, attempts(outcome)] as const),
    ),
    single(
      'counter',
      'waypost_webhook_dead_letters_total',
      'Webhook deliveries that failed for good.',
      totalOf(measured, TOTALS.deadLetters)(''),
    ),
    single(
      'gauge',
      'waypost_outbox_oldest_seconds',
      'How long the oldest webhook delivery that is due has waited, of active endpoints.',
      measured.outboxAge ?? 0,
    ),
    single(
      'gauge',
      'waypost_outbox_endpoints',
      'Active webhook endpoints with a delivery that is due.',
      measured.outboxEndpoints,
    ),
  ];
}

function sessionMetrics(measured: Measured): Metric[] {
  const known = new Map(
    measured.sessions.map(({ mode, status, count }) => [`${mode}/${status}`, count]),
  );
  return [
    {
      type: 'gauge',
      name: 'waypost_sessions',
      help: 'Sessions by mode and status, without archived ones.',
      samples: SESSION_MODES.flatMap((mode) =>
        SESSION_STATUSES.map((status): Sample => ({
          labels: { mode, status },
          value: known.get(`${mode}/${status}`) ?? 0,
        })),
      ),
    },
    single(
      'gauge',
      'waypost_sessions_wanted',
      'Sessions that should be running.',
      measured.wantedSessions,
    ),
    single(
      'gauge',
      'waypost_sessions_unowned',
      'Sessions that should be running and that no runner holds.',
      measured.unownedSessions,
    ),
    single(
      'counter',
      'waypost_session_reconnects_total',
      'Attempts to bring a session back after its connection or its engine was lost.',
      totalOf(measured, TOTALS.reconnects)(''),
    ),
  ];
}

function runnerMetrics({ runners }: Measured): Metric[] {
  const each = (
    name: string,
    help: string,
    valueOf: (runner: Measured['runners'][number]) => number,
  ): Metric => ({
    type: 'gauge',
    name,
    help,
    samples: runners.map((runner) => ({
      labels: {
        runner: runner.id,
        region: runner.region,
        state: runner.draining ? 'draining' : 'serving',
      },
      value: valueOf(runner),
    })),
  });
  return [
    each(
      'waypost_runner_heartbeat_age_seconds',
      'Time since the last heartbeat of each runner; one that is silent for 15 minutes is left out.',
      ({ heartbeatAge }) => heartbeatAge,
    ),
    each('waypost_runner_places', 'Sessions that a runner has room for.', ({ places }) => places),
    each('waypost_runner_sessions', 'Sessions that a runner holds.', ({ sessions }) => sessions),
  ];
}

const totalOf =
  ({ totals }: Measured, name: string) =>
  (label: string): number =>
    totals.find((total) => total.name === name && total.label === label)?.value ?? 0;
