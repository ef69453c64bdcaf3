import { z } from 'zod';
import type { PublicEvent } from '../../shared/catalogue/events/index.ts';
import { Count, Moment } from '../db/moment.ts';

/** An event as it stands in the table, read as JSON. */
export const EventRow = z.object({
  id: z.string(),
  seq: Count,
  sessionId: z.string().nullable(),
  type: z.string(),
  occurredAt: Moment,
  data: z.unknown(),
});
export type EventRow = z.infer<typeof EventRow>;

/** What subscribers see of an event: a webhook's body and an item of the feed. `name` is what they subscribed by. */
export function toPublicEvent(row: EventRow, name: string = row.type): PublicEvent {
  const { id, seq, sessionId, occurredAt, data } = row;
  const timestamp = occurredAt.toISOString();
  // `fact` wrote it, by the row of its type; tests read every event back through that row.
  return { id, type: name, seq, sessionId, timestamp, data } as PublicEvent;
}
