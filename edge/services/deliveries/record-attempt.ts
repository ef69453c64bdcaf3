import {
  childOf,
  eventSpanId,
  formatTraceparent,
  type NewSpan,
  parseTraceparent,
} from '../../../shared/tracing/trace-context.ts';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import type { Log } from '../../log/log.ts';
import type { Claimed } from './claim-due.ts';
import type { Outcome } from './record-batch.ts';

type Due = Claimed['due'][number];

/** The span of an attempt, below that of its event; null where the event belongs to no trace, or nothing is traced. */
export function spanOfAttempt({ tracer }: Services, { trace, event }: Due): NewSpan | null {
  if (tracer === null || trace === null) return null;
  const call = parseTraceparent(trace);
  return call && childOf({ ...call, spanId: eventSpanId(event.id) });
}

/** With it the receiver can go on with the trace. */
export const traceHeaders = (span: NewSpan | null): Record<string, string> =>
  span === null ? {} : { traceparent: formatTraceparent(span) };

const AboutMessage = z.object({ messageId: z.string(), wireId: z.string().nullable() }).partial();

type Attempt = { claim: Claimed; due: Due; outcome: Outcome };

/** One line, and a span where the event belongs to a trace. */
export function recordAttempt(
  { tracer, now, log }: Services,
  span: NewSpan | null,
  attempt: Attempt,
): void {
  const { claim, due, outcome } = attempt;
  const { event } = due;
  const { verdict, startedAt, attemptNo } = outcome;
  const about = AboutMessage.safeParse(event.data).data ?? {};
  log(lineOf(attempt, about.messageId, span?.traceId));
  if (tracer === null || span === null) return;
  tracer.record({
    ...span,
    name: 'webhook attempt',
    kind: 'client',
    startedAt: startedAt.getTime(),
    endedAt: now(),
    attributes: {
      'http.request.method': 'POST',
      'http.response.status_code': verdict.statusCode,
      'waypost.outcome': verdict.status,
      'waypost.webhook.attempt': attemptNo,
      'waypost.webhook.id': claim.endpointId,
      'waypost.delivery.id': due.id,
      'waypost.workspace.id': claim.workspaceId,
      'waypost.session.id': event.sessionId,
      'waypost.event.id': event.id,
      'waypost.event.type': event.type,
      'waypost.message.id': about.messageId,
      'waypost.wire.id': about.wireId,
    },
    failed: verdict.status !== 'delivered',
  });
}

const lineOf = (
  { claim, due, outcome: { verdict, attemptNo } }: Attempt,
  messageId: string | undefined,
  traceId: string | undefined,
): Parameters<Log>[0] => ({
  event: 'attempt',
  ...(traceId !== undefined && { traceId }),
  workspaceId: claim.workspaceId,
  ...(due.event.sessionId !== null && { sessionId: due.event.sessionId }),
  ...(messageId !== undefined && { messageId }),
  endpointId: claim.endpointId,
  deliveryId: due.id,
  eventId: due.event.id,
  type: due.event.type,
  attempt: attemptNo,
  outcome: verdict.status,
  ...(verdict.statusCode !== null && { status: verdict.statusCode }),
  ...(verdict.error !== null && { why: verdict.error }),
  durationMs: verdict.durationMs,
});
