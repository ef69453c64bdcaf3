import { z } from 'zod';
import type { PublicEvent } from '../../../shared/protocol/index.ts';
import { Count, Moment } from '../../db/moment.ts';

/** An event as a raw statement reads it: `id, seq, session_id, type, occurred_at, data` of `events`. */
export const EventRow = z.object({
  id: z.string(),
  seq: Count,
  session_id: z.string().nullable(),
  type: z.string(),
  occurred_at: Moment,
  data: z.record(z.string(), z.unknown()),
});
export type EventRow = z.infer<typeof EventRow>;

/** What subscribers see of an event: a webhook's body and an item of the feed. `name` is what they subscribed by. */
export function toPublicEvent(row: EventRow, name: string = row.type): PublicEvent {
  return {
    id: row.id,
    type: name,
    seq: row.seq,
    sessionId: row.session_id,
    timestamp: row.occurred_at.toISOString(),
    data: row.data,
  };
}
