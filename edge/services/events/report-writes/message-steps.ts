import { type SQL, sql } from 'drizzle-orm';
import {
  MESSAGE_STATUS_RANK,
  type MessageStatus,
  statusOfAck,
} from '../../../../shared/message-status.ts';
import { eventCtes } from '../outbox.ts';
import type { PreparedWrite } from '../prepare-writes.ts';
import { safeTimestamp } from '../safe-values.ts';

const STEPS: readonly MessageStatus[] = ['sent', 'delivered', 'read', 'played'];

type Step = { status: MessageStatus; messageId: string | null; wireKey: string | null };

/** What a report says of a message of ours that got further, whoever says it; null for every other report. */
export function stepOf({ report, messageId }: PreparedWrite): Step | null {
  if (report.kind === 'message.settled')
    return report.outcome === 'sent'
      ? { status: 'sent', messageId: report.messageId, wireKey: report.wireKey }
      : null;
  if (report.kind !== 'message.ack') return null;
  const status = statusOfAck(report.ack);
  return status !== undefined && STEPS.includes(status)
    ? { status, messageId, wireKey: report.wireKey }
    : null;
}

/**
 * Several steps of messages of ours as one statement, with the same outcome as one statement each, in their order: a step
 * below what is reached makes nothing. A session that sends without a pause has nearly nothing else to report.
 * Answers as every report's statement, and with `taken`: the places of those whose session is there.
 */
export function messageSteps(writes: readonly { write: PreparedWrite; step: Step }[]): SQL {
  const named = new Map(
    writes.flatMap(({ write, step }) =>
      step.messageId === null ? [] : [[nameOf(write), step.messageId] as const],
    ),
  );
  const now = Math.max(...writes.map(({ write }) => write.now));
  const rows = writes.map(({ write, step }, ord) => ({
    ord,
    event_id: write.eventId,
    session_id: write.spooled.sessionId,
    epoch: write.spooled.epoch,
    // An ack right behind its settlement: the row does not have the wire id yet.
    message_id: step.messageId ?? named.get(nameOf(write)) ?? null,
    wire_id: write.wireId,
    wire_key: step.wireKey,
    status: step.status,
    rank: MESSAGE_STATUS_RANK[step.status],
    at: safeTimestamp(write.spooled.occurredAt),
  }));
  const first = (level: MessageStatus): SQL =>
    sql`(array_agg(at order by ord) filter (where rank >= ${MESSAGE_STATUS_RANK[level]}::int))[1]`;
  const last = (column: string): SQL =>
    sql`(array_agg(${sql.identifier(column)} order by ord desc) filter (where ${sql.identifier(column)} is not null))[1]`;
  return sql`
    with listed as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as listed(ord int, event_id text, session_id text,
        epoch int, message_id text, wire_id text, wire_key text, status text, rank int, at timestamptz)
    ),
    target as (
      select listed.*, session.workspace_id, coalesce(lease.epoch, 0) <> listed.epoch as late
      from listed join sessions session on session.id = listed.session_id
      left join session_leases lease on lease.session_id = session.id
    ),
    found as (
      select target.*, message.id as found_id, message.chat_id, message.status_rank as before,
        coalesce(target.wire_id, message.wire_id) as known_wire_id,
        max(target.rank) over (
          partition by message.id order by target.ord rows between unbounded preceding and 1 preceding
        ) as reached
      from target cross join lateral (
        select m.id, m.chat_id, m.status_rank, m.wire_id from messages m
        where m.id = target.message_id and m.session_id = target.session_id and m.direction = 'outbound'
        union all
        select m.id, m.chat_id, m.status_rank, m.wire_id from messages m
        where target.message_id is null and m.session_id = target.session_id and m.direction = 'outbound'
          and m.wire_id = target.wire_id
      ) message
    ),
    step as (
      select * from found where rank > greatest(before, coalesce(reached, 0))
    ),
    way as (
      select found_id, max(rank) as rank, (array_agg(status order by rank desc))[1] as status,
        ${last('wire_id')} as wire_id, ${last('wire_key')} as wire_key,
        ${first('sent')} as sent_at, ${first('delivered')} as delivered_at,
        ${first('read')} as read_at, ${first('played')} as played_at
      from step group by found_id
    ),
    raised as (
      update messages message set
        status = way.status, status_rank = way.rank,
        wire_id = coalesce(way.wire_id, message.wire_id), wire_key = coalesce(way.wire_key, message.wire_key),
        sent_at = coalesce(message.sent_at, way.sent_at),
        delivered_at = coalesce(message.delivered_at, way.delivered_at),
        read_at = coalesce(message.read_at, way.read_at),
        played_at = coalesce(message.played_at, way.played_at),
        failed_at = null, error = null
      from way
      where message.id = way.found_id and message.status_rank < way.rank
      returning message.id
    ),
    fact as (
      select step.ord, step.event_id as id, step.workspace_id, step.session_id, 'message.' || step.status as type,
        jsonb_build_object('messageId', step.found_id, 'chatId', step.chat_id, 'wireId', step.known_wire_id,
          'status', step.status) as data,
        step.at as occurred_at, step.late
      from step join raised on raised.id = step.found_id
    ),
    ${eventCtes(now)}
    select (select count(*) from target)::int as accepted, array(select ord from target)::int[] as taken,
      array(select id from outbox)::text[] as deliveries`;
}

function nameOf({ spooled, wireId }: PreparedWrite): string {
  return `${spooled.sessionId}/${wireId}`;
}
