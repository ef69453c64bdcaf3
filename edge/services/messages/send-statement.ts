import { type SQL, sql } from 'drizzle-orm';
import { MESSAGE_STATUS_RANK } from '../../../shared/message-status.ts';
import type { OutboundContent } from '../../../shared/protocol/index.ts';
import { ACCEPTING_STATUSES } from '../../../shared/session-status.ts';
import { grantsOf } from '../keys/require-scope.ts';

/** Messages that may wait in one session's queue. */
export const QUEUE_LIMIT = 1000;

export type NewMedia = {
  id: string;
  objectKey: string;
  mimetype: string;
  filename: string | null;
  sizeBytes: number;
  sha256: string;
};

export type SendStatementInput = {
  workspaceId: string;
  key: { id: string; hash: string };
  messageId: string;
  /** Id or name, as the caller wrote it. */
  session: string | null;
  /** The chat to send to; null for a reply, which goes to the quoted message's chat. */
  chatId: string | null;
  quotedMessageId: string | null;
  content: OutboundContent;
  media: NewMedia | null;
  expiresInSeconds: number;
  /** False: only say what would happen. */
  commit: boolean;
};

const list = (values: readonly string[]): SQL =>
  sql`array[${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )}]::text[]`;

/**
 * The send, in one statement: key and workspace state, session, lease, quoted message, queue cap, the queue's counter and
 * the message row. `refusal` is null when the row was written (or would be, without `commit`). The order of the arms of
 * its CASE is the order in which a caller is told what is wrong.
 *
 * The counter is raised by an UPDATE of the session's row, whose lock makes concurrent sends of one session queue up:
 * each re-reads the newest counter, so that numbers are dense and their order is commit order.
 */
export const sendStatement = (input: SendStatementInput): SQL => sql`
  with key as (
    select k.mode, k.session_id as pin, w.default_session_id, w.is_active as workspace_active,
      k.is_active and k.revoked_at is null and coalesce(k.expires_at > now(), true) as usable,
      k.scopes && ${list(grantsOf('messages:send'))} as in_scope
    from api_keys k join workspaces w on w.id = k.workspace_id
    where k.id = ${input.key.id} and k.workspace_id = ${input.workspaceId} and k.sha256 = ${input.key.hash}
  ),
  quoted as (
    select m.id, m.session_id, m.chat_id, m.wire_id from messages m
    where m.id = ${input.quotedMessageId}::text and m.workspace_id = ${input.workspaceId}
  ),
  wanted as (
    select coalesce(quoted.session_id, ${input.session}::text, key.pin, key.default_session_id) as ref
    from key left join quoted on true
  ),
  target as (
    select s.id, s.name, s.mode, s.status, l.desired, l.epoch, r.id as runner_id, r.boot_id, r.url,
      s.status in (${sql.join(
        ACCEPTING_STATUSES.map((status) => sql`${status}`),
        sql`, `,
      )}) or (${changingHands}) as accepting,
      (select count(*) from (
        select 1 from messages m
        where m.session_id = s.id and m.status in ('queued', 'sending') limit ${QUEUE_LIMIT}
      ) waiting) as waiting
    from sessions s
    join wanted on wanted.ref = s.id or wanted.ref = s.name
    left join session_leases l on l.session_id = s.id
    left join runners r on r.id = l.runner_id and r.boot_id = l.boot_id
    where s.workspace_id = ${input.workspaceId} and s.archived_at is null
  ),
  verdict as (
    select case
      when key.usable is not true then 'KEY_NOT_USABLE'
      when not key.workspace_active then 'WORKSPACE_SUSPENDED'
      when not key.in_scope then 'SCOPE_MISSING'
      when ${input.quotedMessageId}::text is not null and quoted.id is null then 'MESSAGE_NOT_FOUND'
      when wanted.ref is null then 'SESSION_NOT_NAMED'
      when target.id is null then 'SESSION_NOT_FOUND'
      when key.pin <> target.id then 'PINNED_ELSEWHERE'
      when key.mode = 'test' and target.mode = 'live' then 'TEST_KEY_ON_LIVE'
      when not target.accepting then 'SESSION_NOT_READY'
      when quoted.id is not null and quoted.wire_id is null then 'QUOTED_NOT_SENT'
      when target.waiting >= ${QUEUE_LIMIT} then 'QUEUE_FULL'
    end as refusal
    from (select 1) as one
    left join key on true left join quoted on true left join wanted on true left join target on true
  ),
  raised as (
    update sessions s set queue_seq = s.queue_seq + 1
    from target, verdict
    where s.id = target.id and verdict.refusal is null and ${input.commit}::boolean
    returning s.id, s.queue_seq
  ),
  stored as (
    ${input.media === null ? sql`select null::text as id where false` : insertMedia(input, input.media)}
  ),
  written as (
    insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank,
      queue_seq, quoted_message_id, quoted_wire_id, media_id, expires_at)
    select ${input.messageId}, ${input.workspaceId}, raised.id, 'outbound', coalesce(${input.chatId}::text, quoted.chat_id),
      ${input.content.type}, ${JSON.stringify(input.content)}::jsonb, 'queued', ${MESSAGE_STATUS_RANK.queued}::smallint,
      raised.queue_seq, quoted.id, quoted.wire_id, ${input.media?.id ?? null}::text,
      now() + make_interval(secs => ${input.expiresInSeconds}::int)
    from raised left join quoted on true
    returning chat_id, queue_seq, quoted_message_id, created_at, expires_at
  )
  select verdict.refusal, target.id as session_id, target.name as session_name, target.status as session_status,
    target.epoch, target.runner_id, target.boot_id, target.url, written.chat_id, written.queue_seq,
    written.quoted_message_id, written.created_at, written.expires_at
  from verdict left join target on true left join written on true`;

/**
 * A linked session that a new owner is bringing back: its messages wait for it like those of a session that reconnects.
 * One that its user has just started again waits for nobody, and refuses until it is online.
 */
const changingHands: SQL = sql`
  s.status in ('starting', 'authenticating') and s.phone_number is not null and l.desired = 'running'
  and exists (
    select 1 from lease_history h
    where h.session_id = s.id and h.epoch = l.epoch and h.cause in ('takeover', 'new_boot')
  )`;

const insertMedia = (input: SendStatementInput, media: NewMedia): SQL => sql`
  insert into media (id, workspace_id, session_id, object_key, mimetype, filename, size_bytes, sha256)
  select ${media.id}, ${input.workspaceId}, raised.id, ${media.objectKey}, ${media.mimetype}, ${media.filename}::text,
    ${media.sizeBytes}::bigint, ${media.sha256}
  from raised returning id`;
