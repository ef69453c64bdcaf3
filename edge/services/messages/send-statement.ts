import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { type SQL, sql } from 'drizzle-orm';
import type { Country } from '../../../shared/recipient.ts';
import type { OutboundContent } from '../../../shared/catalogue/message-kinds.ts';
import { MESSAGE_STATUS_RANK } from '../../../shared/message-status.ts';
import { ACCEPTING_STATUSES } from '../../../shared/session-status.ts';
import { type Reserve, waitsForCapacity } from '../ownership/reserved-places.ts';
import { stableChatId } from '../reports/writes/person-ids.ts';
import { chatIfReadable } from '../workspace/local-numbers.ts';
import { shownToCaller } from './caller.ts';
import type { ContactHashKey } from '../erasures/contact-hash.ts';
import { isOptedOut } from '../opt-outs/internal.ts';
import { exceedsQuota } from '../media/media-quota.ts';
import { firstContact } from './first-contact.ts';
import { ENDINGS_OF_TYPES, endingsFor } from '../../media/file-types.ts';
import type { ReceivedFile } from '../../media/store-media.ts';
import type { Seal } from '../../values/content-seal.ts';
import type { SendRequest, StoredFile } from './send-request.ts';

/** Messages that may wait in one session's queue. */
export const QUEUE_LIMIT = LIMITS.queuedMessages.limit;

export const IDEMPOTENCY_LIFETIME = '24 hours';

export type SendStatementInput = {
  workspaceId: string;
  /** The CTE `caller`; see caller.ts. */
  caller: SQL;
  messageId: string;
  request: SendRequest;
  /** Seals the workspace's content. */
  seal: Seal;
  /** What the workspace's default country is taken to be, for a number that names none. */
  country: Country | null;
  reserve: Reserve;
  contactHashKey: ContactHashKey;
  /** The stored file; its row is written with the message's. */
  media: ReceivedFile | null;
  /** The `traceparent` to keep with the message. */
  trace: string | null;
  /** INSERT of the audit row over the CTE `written`; null: write nothing, only say what would happen. */
  audit: SQL | null;
};

/**
 * The send, in one statement: the caller's and the workspace's state, session, lease, quoted message, queue cap, the queue's counter and
 * the message row. `refusal` is null when the row was written (or would be, without `audit`). The order of the arms of
 * its CASE is the order in which a caller is told what is wrong.
 *
 * The counter is raised by an UPDATE of the session's row, whose lock makes concurrent sends of one session queue up:
 * each re-reads the newest counter, so that numbers are dense and their order is commit order. A message for later gets its
 * number when it is due (queue/promote-due.ts), and has none until then.
 *
 * A number without country code is read under `country`. `COUNTRY_DECIDES` says that the workspace has another one, or that
 * the number cannot be read, and gives the workspace's. An Idempotency-Key that is taken gives `REPLAYED` with its message,
 * if the session is the same, however it is named. A send that waited for another with the same key to commit cannot see
 * that message yet: it writes nothing and says nothing (`written` false), and is to be run again.
 */
export function sendStatement({
  workspaceId,
  caller,
  messageId,
  request,
  seal,
  country,
  reserve,
  contactHashKey,
  media,
  trace,
  audit,
}: SendStatementInput): SQL {
  const { session, to, quotedMessageId, said, reference, idempotency, sendAt, file } = request;
  const stored = file?.source.from === 'media' ? { ...file.source, rule: file.rule } : null;
  // Its size is not known yet when it is only asked whether a send would be taken.
  const bringsFile = file !== null && stored === null;
  const { expiresInSeconds } = request;
  const isLocal = to !== null && 'local' in to;
  const chatId = to === null ? null : 'local' in to ? chatIfReadable(to.local, country) : to.chatId;
  const commit = audit !== null;
  const ownKey = idempotencyKeyOf(idempotency?.key ?? null);
  const isLater = sql`coalesce(${sendAt}::timestamptz > now(), false)`;
  return sql`
  with ${caller},
  quoted as (
    select m.id, m.session_id, m.chat_id, m.wire_id
    from messages m join sessions s on s.id = m.session_id join caller on ${shownToCaller}
    where m.id = ${quotedMessageId}::text and m.workspace_id = ${workspaceId} and m.erased_at is null
  ),
  attached as (${attachedFile(workspaceId, stored)}),
  prior as (
    select m.id, m.session_id, m.status, m.wire_id, m.reference, m.chat_id, m.queue_seq, m.quoted_message_id, m.created_at, m.expires_at,
      m.send_at, i.body_hash = ${idempotency?.bodyHash ?? null}::text as same_body, i.answer_status, i.answer
    from caller join idempotency i on i.idempotency_key = ${ownKey} join messages m on m.id = i.message_id
    where i.workspace_id = ${workspaceId} and i.route = ${idempotency?.route ?? null}::text and i.expires_at > now()
  ),
  wanted as (
    select coalesce(${session}::text, quoted.session_id, prior.session_id, caller.pin, caller.default_session_id) as ref
    from caller left join quoted on true left join prior on true
  ),
  target as (
    select s.id, s.name, s.mode, s.status, s.first_contacts_per_hour, s.first_contacts_per_day, l.desired, l.epoch, r.id as runner_id, r.boot_id, r.url,
      ${isAccepting} as accepting,
      (select count(*) from (
        select 1 from messages m
        where m.session_id = s.id and m.status in ('queued', 'sending') and m.bulk_id is null limit ${QUEUE_LIMIT}
      ) waiting) as waiting
    from sessions s
    join wanted on wanted.ref = s.id or wanted.ref = lower(s.name)
    join caller on ${shownToCaller}
    left join session_leases l on l.session_id = s.id
    left join runners r on r.id = l.runner_id and r.boot_id = l.boot_id
    where s.workspace_id = ${workspaceId} and s.archived_at is null
  ),
  addressed as (
    select ${stableChatId(sql`target.id`, sql`coalesce(${chatId}::text, quoted.chat_id)`)} as chat_id
    from target left join quoted on true
  ),
  first_contact as (${firstContact(sendAt)}),
  verdict as (
    select case
      when caller.usable is not true then 'CALLER_NOT_USABLE'
      when not caller.from_allowed_address then 'ADDRESS_NOT_ALLOWED'
      when not caller.workspace_active then 'WORKSPACE_SUSPENDED'
      when not caller.in_scope then 'SCOPE_MISSING'
      when ${isLocal}::boolean and (caller.default_country is distinct from ${country}::text or ${chatId}::text is null) then 'COUNTRY_DECIDES'
      when ${quotedMessageId}::text is not null and quoted.id is null then 'MESSAGE_NOT_FOUND'
      when wanted.ref is null then 'SESSION_NOT_NAMED'
      when target.id is null then 'SESSION_NOT_FOUND'
      when caller.pin <> target.id then 'PINNED_ELSEWHERE'
      when caller.sandbox_only and target.mode = 'live' then 'TEST_KEY_ON_LIVE'
      when not prior.same_body or prior.session_id <> target.id then 'IDEMPOTENCY_MISMATCH'
      when prior.same_body then 'REPLAYED'
      when not target.accepting then 'SESSION_NOT_READY'
      when ${isOptedOut(contactHashKey, sql`${workspaceId}`, sql`target.id`, sql`coalesce(${chatId}::text, quoted.chat_id)`)} then 'RECIPIENT_OPTED_OUT'
      when quoted.session_id <> target.id then 'QUOTED_ELSEWHERE'
      when quoted.id is not null and quoted.wire_id is null then 'QUOTED_NOT_SENT'
      when ${stored !== null}::boolean and attached.id is null then 'MEDIA_NOT_FOUND'
      when attached.size_bytes > ${stored?.rule.limitBytes ?? null}::bigint then 'MEDIA_TOO_LARGE'
      when not attached.mimetype = any(${textArray(stored?.rule.mimetypes ?? null)}) then 'MEDIA_MISMATCH'
      when not attached.ending = any(${textArray(endingsFor(stored?.filename ?? ''))}) then 'MEDIA_MISNAMED'
      when ${bringsFile ? exceedsQuota(workspaceId, media?.sizeBytes ?? 1) : sql`false`} then 'MEDIA_QUOTA'
      when first_contact.free_at is not null then 'FIRST_CONTACT_LIMIT'
      when target.waiting >= ${QUEUE_LIMIT} then 'QUEUE_FULL'
    end as refusal
    from (select 1) as one
    left join caller on true left join quoted on true left join prior on true left join wanted on true
      left join target on true left join attached on true left join first_contact on true
  ),
  claimed as (
    insert into idempotency as own (workspace_id, route, idempotency_key, body_hash, message_id, expires_at)
    select ${workspaceId}, ${idempotency?.route ?? null}::text, ${ownKey},
      ${idempotency?.bodyHash ?? null}::text, ${messageId}, now() + ${IDEMPOTENCY_LIFETIME}::interval
    from verdict cross join caller
    where verdict.refusal is null and ${commit}::boolean and ${idempotency !== null}::boolean
    on conflict (workspace_id, route, idempotency_key) do update set
      body_hash = excluded.body_hash, message_id = excluded.message_id, answer_status = null, answer = null,
      created_at = excluded.created_at, expires_at = excluded.expires_at
    where own.expires_at <= now()
    returning message_id
  ),
  admitted as materialized (
    select 1 from verdict
    where verdict.refusal is null and ${commit}::boolean and ${idempotency === null}::boolean
    union all
    select 1 from claimed
  ),
  raised as (
    update sessions s set queue_seq = s.queue_seq + case when ${isLater} then 0 else 1 end
    from target, admitted
    where s.id = target.id
    returning s.id, s.phone_number, case when ${isLater} then null else s.queue_seq end as queue_seq
  ),
  stored as (
    ${media === null ? sql`select null::text as id where false` : insertMedia(workspaceId, media, sql`raised`)}
  ),
  written as (
    insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank,
      queue_seq, quoted_message_id, quoted_wire_id, media_id, sender_number, reference, send_at, first_contact_at, expires_at, trace)
    select ${messageId}, ${workspaceId}, raised.id, 'outbound', addressed.chat_id,
      ${said.type}, ${JSON.stringify(seal(contentOf(said, media)))}::jsonb || coalesce((select attached.content from attached), '{}'), 'queued', ${MESSAGE_STATUS_RANK.queued}::smallint,
      raised.queue_seq, quoted.id, quoted.wire_id, coalesce(${media?.id ?? null}::text, (select attached.id from attached)), raised.phone_number,
      ${reference}::text, ${sendAt}::timestamptz, first_contact.at,
      greatest(now(), ${sendAt}::timestamptz) + make_interval(secs => ${expiresInSeconds}::int), ${trace}::text
    from raised cross join addressed left join quoted on true left join first_contact on true
    returning session_id, reference, chat_id, queue_seq, quoted_message_id, created_at, send_at, expires_at
  ),
  audited as (${audit ?? sql`select null where false`})
  select verdict.refusal, caller.per_minute, caller.default_country, target.id as session_id, target.name as session_name, target.status as session_status,
    case when verdict.refusal = 'SESSION_NOT_READY' then ${waitsForCapacity(sql`target.id`, reserve)} else false end as waits_for_capacity,
    first_contact.free_at, case when not ${isLater} then ceil(extract(epoch from first_contact.free_at - now())) end as retry_after_seconds,
    target.epoch, target.runner_id, target.boot_id, target.url,
    written.session_id is not null as written,
    coalesce(written.reference, prior.reference) as reference,
    coalesce(written.chat_id, prior.chat_id) as chat_id, coalesce(written.queue_seq, prior.queue_seq) as queue_seq,
    coalesce(written.quoted_message_id, prior.quoted_message_id) as quoted_message_id,
    coalesce(written.created_at, prior.created_at) as created_at, coalesce(written.expires_at, prior.expires_at) as expires_at,
    coalesce(written.send_at, prior.send_at) as send_at,
    prior.id as prior_id, prior.status as prior_status, prior.wire_id as prior_wire_id, prior.answer_status, prior.answer
  from verdict left join caller on true left join target on true left join written on true left join prior on true
    left join first_contact on true`;
}

/**
 * The file that a caller names, if it is there for them: an uploaded one, or one of a session that they reach. A name that they
 * give gets the ending that the file's own has.
 */
const attachedFile = (workspaceId: string, file: StoredFile | null): SQL => sql`
  select f.id, f.mimetype, f.size_bytes, jsonb_strip_nulls(jsonb_build_object('mediaId', f.id, 'mimetype', f.mimetype,
    'filename', case
      when given.name is null then f.filename
      when given.name ~ '[.][A-Za-z0-9]{1,5}$' then given.name
      else given.name || coalesce(substring(f.filename from '[.][A-Za-z0-9]{1,5}$'), '')
    end)) as content,
    coalesce(lower(substring(f.filename from '[.]([A-Za-z0-9]{1,5})$')),
      ${file?.filename == null ? null : ENDINGS_OF_TYPES}::jsonb ->> rtrim(split_part(f.mimetype, ';', 1))) as ending
  from caller cross join (select ${file?.filename ?? null}::text as name) given
  join media f on f.id = ${file?.mediaId ?? null}::text and f.workspace_id = ${workspaceId}
  left join sessions s on s.id = f.session_id
  where (f.expires_at is null or f.expires_at > now()) and (f.session_id is null or (
    ${shownToCaller} and (caller.pin is null or caller.pin = s.id) and not (caller.sandbox_only and s.mode = 'live')))`;

/** Null: whatever it is compared with is neither in it nor not. */
const textArray = (values: readonly string[] | null): SQL =>
  values === null
    ? sql`null::text[]`
    : sql`array[${sql.join(
        values.map((value) => sql`${value}`),
        sql`, `,
      )}]::text[]`;

/**
 * An Idempotency-Key as it is kept: callers who reach different sessions have their own, so that they never meet. No header
 * holds a line break.
 */
const idempotencyKeyOf = (key: string | null): SQL => sql`
  (concat(caller.pin || chr(10), caller.created_by || chr(10), case when caller.sandbox_only then 'test' || chr(10) end)
    || ${key}::text)`;

/** What stands in the queue: what the caller said, and the file that it names. */
const contentOf = (said: SendRequest['said'], media: ReceivedFile | null): OutboundContent => {
  if (media === null) return said;
  const { id: mediaId, mimetype, filename } = media;
  return { ...said, mediaId, mimetype, ...(filename === null ? {} : { filename }) };
};

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

/** Whether a session `s` with its lease `l` takes messages now. */
export const isAccepting: SQL = sql`(s.status in (${sql.join(
  ACCEPTING_STATUSES.map((status) => sql`${status}`),
  sql`, `,
)}) or (${changingHands}))`;

/** @param from a relation of one row, whose `id` is the session's */
export const insertMedia = (workspaceId: string, media: ReceivedFile, from: SQL): SQL => sql`
  insert into media (id, workspace_id, session_id, direction, object_key, mimetype, filename, size_bytes, sha256)
  select ${media.id}, ${workspaceId}, ${from}.id, 'outbound', ${media.objectKey}, ${media.mimetype}, ${media.filename}::text,
    ${media.sizeBytes}::bigint, ${media.sha256}
  from ${from} returning id`;
