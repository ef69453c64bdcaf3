import { type SQL, sql } from 'drizzle-orm';
import type { EventData } from '../../../../shared/catalogue/events/index.ts';
import {
  MESSAGE_STATUS_RANK,
  type MessageStatus,
  statusOfAck,
} from '../../../../shared/message-status.ts';
import { append, BELLS, fact } from '../../../events/append.ts';
import type { PreparedWrite } from '../prepare-writes.ts';
import { safeTimestamp } from '../safe-values.ts';
import { countMessages } from '../../statistics/count-messages.ts';
import { otherForm } from './person-ids.ts';

type StepStatus = Exclude<MessageStatus, 'queued' | 'sending'>;

type Step = {
  status: StepStatus;
  messageId: string | null;
  wireKey: string | null;
  /** Where WhatsApp has it; null if the report does not say. */
  chatId: string | null;
  error: EventData<'message.failed'>['error'] | null;
  /** Counts only from the owner that claimed the message or a later one. */
  claimersOnly: boolean;
};

const REFUSED = {
  code: 'MESSAGE_FAILED',
  message: 'WhatsApp reported an error for this message.',
} as const;
const UNEXPLAINED = { code: 'MESSAGE_FAILED', message: 'The message could not be sent.' } as const;

/**
 * The status that a report gives an outbound message; null for every other report. `sent` is believed from any owner.
 * `failed` and `unknown` are believed only from the owner that claimed the message, or a later one: an earlier owner does not
 * know what happened since.
 */
export function stepOf({ report, messageId }: PreparedWrite): Step | null {
  if (report.kind === 'message.settled' && report.outcome !== 'not_begun')
    return {
      status: report.outcome,
      messageId: report.messageId,
      wireKey: report.wireKey,
      chatId: null,
      error: report.outcome === 'failed' ? (report.error ?? UNEXPLAINED) : null,
      claimersOnly: report.outcome !== 'sent',
    };
  const status = report.kind === 'message.ack' ? statusOfAck(report.ack) : undefined;
  if (report.kind !== 'message.ack' || status === undefined) return null;
  const error = status === 'failed' ? (report.error ?? REFUSED) : null;
  const { wireKey, chatId } = report;
  return { status, messageId, wireKey, chatId, error, claimersOnly: false };
}

/**
 * Raises the status of messages of ours, in the order of the reports, and writes `message.<status>` for each step: one
 * that is not above what is reached makes nothing. A level that WhatsApp skips (read before delivered) makes no event; its
 * time is filled in. What was not sent through us has a row, whose status follows, but makes no events.
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
    heard_in: step.chatId,
    status: step.status,
    rank: MESSAGE_STATUS_RANK[step.status],
    error: step.error,
    claimers_only: step.claimersOnly,
    at: safeTimestamp(write.spooled.occurredAt),
  }));
  const first = (level: MessageStatus): SQL =>
    sql`(array_agg(at order by ord) filter (where rank >= ${MESSAGE_STATUS_RANK[level]}::int))[1]`;
  const last = (column: string): SQL =>
    sql`(array_agg(${sql.identifier(column)} order by ord desc) filter (where ${sql.identifier(column)} is not null))[1]`;
  const top = (column: string): SQL =>
    sql`(array_agg(${sql.identifier(column)} order by rank desc))[1]`;
  const isFailed = sql`way.status = 'failed'`;
  return sql`
    with listed as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as listed(ord int, event_id text, session_id text,
        epoch int, message_id text, wire_id text, wire_key text, heard_in text, status text, rank int, error jsonb, claimers_only boolean,
        at timestamptz)
    ),
    target as (
      select listed.*, session.workspace_id, coalesce(lease.epoch, 0) <> listed.epoch as late
      from listed join sessions session on session.id = listed.session_id
      left join session_leases lease on lease.session_id = session.id
    ),
    found as (
      select target.*, message.id as found_id, message.chat_id, message.reference, message.trace, message.written_on, message.status_rank as before,
        coalesce(target.wire_id, message.wire_id) as known_wire_id,
        max(target.rank) over (
          partition by message.id order by target.ord rows between unbounded preceding and 1 preceding
        ) as reached
      from target cross join lateral (
        select m.id, m.chat_id, m.reference, m.trace, m.status_rank, m.wire_id, m.claim_epoch, m.written_on from messages m
        where m.id = target.message_id and m.session_id = target.session_id and m.direction = 'outbound'
        union all
        select m.id, m.chat_id, m.reference, m.trace, m.status_rank, m.wire_id, m.claim_epoch, m.written_on from messages m
        where target.message_id is null and m.session_id = target.session_id and m.direction = 'outbound'
          and m.wire_id = target.wire_id
      ) message
      where not target.claimers_only or message.claim_epoch <= target.epoch
    ),
    step as (
      select * from found where rank > greatest(before, coalesce(reached, 0))
    ),
    way as (
      select found_id, max(rank) as rank, ${top('status')} as status, ${top('error')} as error, ${top('at')} as at,
        ${last('wire_id')} as wire_id, ${last('wire_key')} as wire_key, ${last('heard_in')} as heard_in,
        ${first('sent')} as sent_at, ${first('delivered')} as delivered_at,
        ${first('read')} as read_at, ${first('played')} as played_at
      from step group by found_id
    ),
    raised as (
      update messages message set
        status = way.status, status_rank = way.rank,
        wire_id = coalesce(way.wire_id, message.wire_id),
        wire_key = case when message.erased_at is null then coalesce(way.wire_key, message.wire_key) end,
        chat_id = case when way.heard_in = ${otherForm(sql`message.chat_id`)} then way.heard_in else message.chat_id end,
        sent_at = coalesce(message.sent_at, way.sent_at),
        delivered_at = coalesce(message.delivered_at, way.delivered_at),
        read_at = coalesce(message.read_at, way.read_at),
        played_at = coalesce(message.played_at, way.played_at),
        failed_at = case when ${isFailed} then way.at end,
        error = case when ${isFailed} then way.error end
      from way
      where message.id = way.found_id and message.status_rank < way.rank
      returning message.id, message.chat_id, message.type
    ),
    ${countSteps},
    ${append(
      [...new Set(writes.map(({ step }) => step.status))].map((status) => stepFact(status)),
      now,
    )}
    select (select count(*) from target)::int as accepted, array(select ord from target)::int[] as taken,
      ${BELLS}`;
}

/** A level that WhatsApp skips is reached with the one above it. */
const reaches = (level: MessageStatus): SQL => {
  const rank = MESSAGE_STATUS_RANK[level];
  return sql`before < ${rank}::int and rank >= ${rank}::int`;
};
const countSteps: SQL = countMessages(
  sql`(
    select step.workspace_id, step.session_id, raised.type, step.at, step.status, step.rank,
      greatest(step.before, coalesce(step.reached, 0)) as before
    from step join raised on raised.id = step.found_id and step.written_on is null
  ) stepped`,
  sql`at`,
  {
    sent: reaches('sent'),
    delivered: reaches('delivered'),
    read: reaches('read'),
    played: reaches('played'),
    failed: sql`status = 'failed'`,
    unknown: sql`status = 'unknown'`,
  },
);

/** The events of the steps to one status. */
function stepFact(status: StepStatus): SQL {
  const from = {
    from: sql`step join raised on raised.id = step.found_id and step.status = ${status} and step.written_on is null`,
    id: sql`step.event_id`,
    workspaceId: sql`step.workspace_id`,
    sessionId: sql`step.session_id`,
    ord: sql`step.ord`,
    occurredAt: sql`step.at`,
    late: sql`step.late`,
    trace: sql`step.trace`,
  };
  const message = {
    messageId: sql`step.found_id`,
    reference: sql`step.reference`,
    chatId: sql`raised.chat_id`,
    wireId: sql`step.known_wire_id`,
    status: sql`step.status`,
  };
  if (status === 'failed')
    return fact('message.failed', {
      ...from,
      data: { ...message, error: sql`step.error` },
    });
  return fact(`message.${status}`, { ...from, data: message });
}

function nameOf({ spooled, wireId }: PreparedWrite): string {
  return `${spooled.sessionId}/${wireId}`;
}
