import { z } from 'zod';
import type { EventType } from '../../shared/catalogue/events/index.ts';
import {
  childOf,
  eventSpanId,
  parseTraceparent,
  sendSpanId,
} from '../../shared/tracing/trace-context.ts';
import type { Traced } from '../tracing/tracer.ts';

/** An event of a traced message, as the statement that wrote it answers. */
export const TracedEvent = z.object({
  trace: z.string(),
  workspaceId: z.string(),
  sessionId: z.string().nullable(),
  eventId: z.string(),
  type: z.string(),
  messageId: z.string(),
  wireId: z.string().nullable(),
  occurredAt: z.coerce.number(),
});
export type TracedEvent = z.infer<typeof TracedEvent>;

/** What follows from the runner's send; everything else about a message follows from the call. */
const AFTER_SEND: ReadonlySet<string> = new Set<EventType>([
  'message.sent',
  'message.delivered',
  'message.read',
  'message.played',
  'message.stalled',
]);

/** Records the span of an event that was just committed: from when it happened until it was on record. */
export function recordEvent({ tracer, now }: Pick<Traced, 'tracer' | 'now'>, event: TracedEvent) {
  const call = parseTraceparent(event.trace);
  if (tracer === null || call === null) return;
  const { eventId, type, workspaceId, sessionId, messageId, wireId, occurredAt } = event;
  const parent = AFTER_SEND.has(type) ? { ...call, spanId: sendSpanId(messageId) } : call;
  tracer.record({
    ...childOf(parent, eventSpanId(eventId)),
    name: `event ${type}`,
    kind: 'producer',
    startedAt: occurredAt,
    endedAt: now(),
    attributes: {
      'waypost.event.id': eventId,
      'waypost.event.type': type,
      'waypost.workspace.id': workspaceId,
      'waypost.session.id': sessionId,
      'waypost.message.id': messageId,
      'waypost.wire.id': wireId,
    },
    failed: type === 'message.failed',
  });
}
