import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import { isoOrNull, Count, Moment } from '../../db/moment.ts';

export type BulkView = ReturnType<typeof viewBulk>;

/** A bulk `b`, and how far its messages have come. */
export const BULK_COLUMNS: SQL = sql`
  b.id, b.session_id, b.session_name, b.type, b.recipients, jsonb_array_length(b.left_out) as left_out_count, b.created_at, b.cancelled_at,
  progress.*`;

export const BULK_PROGRESS: SQL = sql`
  cross join lateral (
    select coalesce(jsonb_object_agg(status, number), '{}') as counts, coalesce(sum(cancelled), 0) as cancelled,
      coalesce(sum(first_contacts), 0) as first_contacts, min(first_send_at) as first_send_at, max(last_send_at) as last_send_at
    from (
      select m.status, count(*) as number, count(*) filter (where m.status = 'failed' and m.error ->> 'code' = 'CANCELLED') as cancelled,
        count(m.first_contact_at) as first_contacts, min(m.send_at) as first_send_at, max(m.send_at) as last_send_at
      from messages m where m.bulk_id = b.id group by m.status
    ) each_status
  ) progress`;

export const BulkRow = z.object({
  id: z.string(),
  session_id: z.string(),
  session_name: z.string(),
  type: z.string(),
  recipients: z.number(),
  left_out_count: z.number(),
  created_at: Moment,
  cancelled_at: Moment.nullable(),
  counts: z.partialRecord(z.enum(MESSAGE_STATUSES), z.number()),
  cancelled: Count,
  first_contacts: Count,
  first_send_at: Moment.nullable(),
  last_send_at: Moment.nullable(),
});

/** A bulk as the API shows it. */
export function viewBulk(row: z.infer<typeof BulkRow>) {
  const { queued = 0, sending = 0, unknown = 0, failed = 0 } = row.counts;
  const { sent = 0, delivered = 0, read = 0, played = 0 } = row.counts;
  return {
    id: row.id,
    sessionId: row.session_id,
    type: row.type,
    status: queued + sending > 0 ? ('running' as const) : ('finished' as const),
    recipients: row.recipients,
    messages: row.recipients - row.left_out_count,
    firstContacts: row.first_contacts,
    counts: { queued, sending, unknown, failed, sent, delivered, read, played },
    cancelled: row.cancelled,
    firstSendAt: isoOrNull(row.first_send_at),
    lastSendAt: isoOrNull(row.last_send_at),
    createdAt: row.created_at.toISOString(),
    cancelledAt: isoOrNull(row.cancelled_at),
  };
}
