import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { ERRORS } from '../../../shared/errors.ts';
import { factEventId } from '../../../shared/ids.ts';
import { MESSAGE_STATUS_RANK, MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import { Moment } from '../../db/moment.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';
import { countMessages } from '../statistics/count-messages.ts';
import { personFinder } from './names-person.ts';
import { beyond, endOf, type Erasure, held, idList, moved, sizeOf, type Step } from './parts.ts';

const PAGE = 500;

/** What the chat of a person who was erased is called from then on. */
export const ERASED_CHAT = 'erased';

const CANCELLED = { code: 'CANCELLED', message: ERRORS.CANCELLED.message } as const;

const Row = z.object({
  id: z.string(),
  at: Moment,
  status: z.enum(MESSAGE_STATUSES),
  theirs: z.boolean(),
  reacted: z.boolean(),
  content: z.unknown(),
});

/** Whether a message `m` is in the person's chat, or theirs in a group. */
const isTheirs = (ids: SQL): SQL =>
  sql`(m.chat_id = any(${ids}) or coalesce(m.from_id = any(${ids}), false) or coalesce(m.from_lid = any(${ids}), false))`;

/** Whether a reaction `r` is the person's. */
const isTheirReaction = (ids: SQL): SQL =>
  sql`(coalesce(r #>> '{from,id}', '') = any(${ids}) or coalesce(r #>> '{from,lid}', '') = any(${ids}))`;

/**
 * A page of messages. Of the person's own the row stays for the numbers: its status and times, and its id at WhatsApp, by which it is
 * known when it is reported again. Messages of others lose their content if that names the person, and the person's reaction. What
 * has not been sent is cancelled; what is being sent just now is `unknown`, so that nobody hands it out again.
 */
export const eraseMessages: Step = async (services, erasure) => {
  const ids = idList(erasure);
  const { rows } = await services.db.execute(sql`
    select m.id, m.created_at as at, m.status, theirs, case when not theirs then m.content end as content,
      exists (select from jsonb_array_elements(m.reactions) r where ${isTheirReaction(ids)}) as reacted
    from messages m cross join lateral (select ${isTheirs(ids)} as theirs) whose
    where m.workspace_id = ${erasure.workspaceId} and m.erased_at is null and ${beyond(erasure, 'm')}
    order by m.created_at, m.id limit ${PAGE}::int`);
  const page = z.array(Row).parse(rows);
  const names = personFinder(erasure.ids);
  const concerned = page.flatMap(({ id, status, theirs, reacted, content }) => {
    const named = !theirs && names(services.contentSeal.open(erasure.workspaceId, content));
    return theirs || reacted || named ? [{ id, status, named }] : [];
  });
  const given = await Promise.all(
    concerned.map(async ({ id, status, named }) => ({
      id,
      named,
      event_id: status === 'queued' ? await factEventId([id, 'erased']) : null,
    })),
  );
  const changes = sql`${held(erasure)}, ${changesOf(erasure, JSON.stringify(given))},
    ${moved(erasure, endOf(page, PAGE), {
      messages: sizeOf('changed'),
      idempotencyKeys: sizeOf('unlocked'),
      files: sizeOf('filed'),
    })}`;
  await writeFacts(services, [erasure.workspaceId], changes, [CANCELLATION]);
  return true;
};

/** @param given JSON: of each message its id, whether its content names the person, and the event that it is cancelled by */
function changesOf(erasure: Erasure, given: string): SQL {
  const ids = idList(erasure);
  return sql`
    picked as (
      select m.id, m.status as was, given.event_id, theirs, theirs or given.named as emptied
      from held cross join jsonb_to_recordset(${given}::jsonb) as given(id text, named boolean, event_id text)
      join messages m on m.id = given.id cross join lateral (select ${isTheirs(ids)} as theirs) whose
      where m.erased_at is null
      for update of m
    ),
    changed as (
      update messages m set
        content = case when p.emptied then '{}' else m.content end,
        reactions = case when p.theirs then '[]' else coalesce(
          (select jsonb_agg(r) from jsonb_array_elements(m.reactions) r where not ${isTheirReaction(ids)}), '[]') end,
        chat_id = case when m.chat_id = any(${ids}) then ${ERASED_CHAT} else m.chat_id end,
        from_id = case when p.theirs then null else m.from_id end,
        from_lid = case when p.theirs then null else m.from_lid end,
        reference = case when p.theirs then null else m.reference end,
        quoted_message_id = case when p.theirs then null else m.quoted_message_id end,
        quoted_wire_id = case when p.theirs then null else m.quoted_wire_id end,
        wire_key = case when p.theirs then null else m.wire_key end,
        media_pending_since = case when p.theirs then null else m.media_pending_since end,
        erased_at = case when p.theirs then now() end,
        status = ${ended(sql`'failed'`, sql`'unknown'`, sql`m.status`)},
        status_rank = ${ended(sql`${MESSAGE_STATUS_RANK.failed}::smallint`, sql`${MESSAGE_STATUS_RANK.unknown}::smallint`, sql`m.status_rank`)},
        failed_at = ${ended(sql`now()`, sql`m.failed_at`, sql`m.failed_at`)},
        error = ${ended(
          sql`${JSON.stringify(CANCELLED)}::jsonb`,
          sql`m.error`,
          sql`case when p.theirs and m.error is not null
          then jsonb_build_object('code', m.error ->> 'code', 'message', 'The person was erased.') else m.error end`,
        )}
      from picked p where m.id = p.id
      returning m.id, m.workspace_id, m.session_id, m.chat_id, m.reference, m.type, m.media_id, p.was, p.theirs, p.emptied, p.event_id
    ),
    unlocked as (
      delete from idempotency i using changed where changed.emptied and i.message_id = changed.id returning 1
    ),
    filed as (
      update media f set expires_at = now(), filename = null
      where f.id in (select media_id from changed where theirs) and (f.expires_at is null or f.expires_at > now())
        and (f.direction = 'inbound' or not exists (
          select from messages other where other.media_id = f.id and other.erased_at is null
            and other.id not in (select id from changed where theirs)))
      returning 1
    ),
    ended as (select * from changed where emptied and was in ('queued', 'sending')),
    ${countMessages(sql`ended`, sql`now()`, { failed: sql`was = 'queued'`, unknown: sql`was = 'sending'` })}`;
}

/** What a message's column becomes: where it was queued, where it was being sent, and otherwise. */
const ended = (queued: SQL, sending: SQL, otherwise: SQL): SQL => sql`case
  when p.emptied and p.was = 'queued' then ${queued} when p.emptied and p.was = 'sending' then ${sending} else ${otherwise} end`;

/** Says nothing of the person. */
const CANCELLATION = fact('message.failed', {
  from: sql`ended where event_id is not null`,
  id: sql`event_id`,
  workspaceId: sql`workspace_id`,
  sessionId: sql`session_id`,
  data: {
    messageId: sql`id`,
    reference: sql`reference`,
    chatId: sql`chat_id`,
    wireId: null,
    status: 'failed',
    error: CANCELLED,
  },
});
