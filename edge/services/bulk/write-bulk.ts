import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { MESSAGE_STATUS_RANK } from '../../../shared/message-status.ts';
import type { OutboundContent } from '../../../shared/catalogue/message-kinds.ts';
import type { LeftOut } from '../../db/schema/bulks.ts';
import type { ServiceContext } from '../../context.ts';
import type { ReceivedFile } from '../../media/store-media.ts';
import type { Seal } from '../../values/content-seal.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { IDEMPOTENCY_LIFETIME, insertMedia } from '../messages/send-statement.ts';
import type { BulkRequest } from './bulk-request.ts';

export type PlannedMessage = {
  id: string;
  chatId: string;
  content: OutboundContent;
  reference: string | null;
  /** Unix ms. */
  at: number;
  isFirstContact: boolean;
};

/**
 * Writes a bulk with its messages, its Idempotency-Key and its audit row, in one statement behind the lock of the session's row.
 * @param seen the number of bulks that the session had when the plan was made: with another one in between, nothing is written
 * @returns whether it was written
 */
export async function writeBulk(
  ctx: ServiceContext,
  {
    id,
    sessionId,
    request: { said, recipients, expiresInSeconds, idempotency },
    key,
    messages,
    brought,
    leftOut,
    seen,
  }: {
    id: string;
    sessionId: string;
    request: BulkRequest;
    key: string | null;
    messages: readonly PlannedMessage[];
    /** A file that was stored for the bulk. */
    brought: ReceivedFile | null;
    leftOut: readonly LeftOut[];
    seen: number;
  },
): Promise<boolean> {
  const { workspaceId } = ctx;
  const lock = sql`select from sessions where id = ${sessionId} for no key update`;
  const write = sql`
    with free as (
      select s.id, s.phone_number from sessions s
      where s.id = ${sessionId} and s.archived_at is null
        and (select count(*) from bulks b where b.session_id = s.id) = ${seen}::int
    ),
    claimed as (
      insert into idempotency as own (workspace_id, route, idempotency_key, body_hash, bulk_id, expires_at)
      select ${workspaceId}, ${idempotency?.route ?? null}::text, ${key}::text, ${idempotency?.bodyHash ?? null}::text, ${id},
        now() + ${IDEMPOTENCY_LIFETIME}::interval
      from free where ${key}::text is not null
      on conflict (workspace_id, route, idempotency_key) do update set
        body_hash = excluded.body_hash, bulk_id = excluded.bulk_id, created_at = excluded.created_at, expires_at = excluded.expires_at
      where own.expires_at <= now()
      returning bulk_id
    ),
    made as (
      insert into bulks (id, workspace_id, session_id, type, recipients, left_out)
      select ${id}, ${workspaceId}, free.id, ${said.type}, ${recipients.length}::int, ${JSON.stringify(leftOut)}::jsonb
      from free where ${key}::text is null or exists (select from claimed)
      returning id, session_id
    ),
    owner as (select session_id as id from made),
    stored as (
      ${brought === null ? sql`select null::text as id where false` : insertMedia(workspaceId, brought, sql`owner`)}
    ),
    written as (
      insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, media_id,
        sender_number, bulk_id, reference, send_at, first_contact_at, expires_at)
      select planned.id, ${workspaceId}, free.id, 'outbound', planned.chat_id, ${said.type}, planned.content, 'queued',
        ${MESSAGE_STATUS_RANK.queued}::smallint, planned.content ->> 'mediaId', free.phone_number, made.id, planned.reference, moment.at,
        case when planned.is_first_contact then moment.at end,
        moment.at + make_interval(secs => ${expiresInSeconds}::int)
      from free cross join made cross join jsonb_to_recordset(${JSON.stringify(messages.map((planned) => rowOf(planned, ctx.contentSeal.for(workspaceId))))}::jsonb)
        as planned (id text, chat_id text, content jsonb, reference text, at bigint, is_first_contact boolean)
      cross join lateral (select to_timestamp(planned.at / 1000.0) as at) moment
    ),
    audited as (${auditInsert(ctx, {
      target: id,
      details: sql`jsonb_build_object('sessionId', ${sessionId}::text, 'messages', ${messages.length}::int)`,
      from: 'made',
    })})
    select id from made`;
  const [, { rows }] = await ctx.db.batch([ctx.db.execute(lock), ctx.db.execute(write)]);
  return z.array(z.object({ id: z.string() })).parse(rows).length > 0;
}

const rowOf = (
  { id, chatId, content, reference, at, isFirstContact }: PlannedMessage,
  seal: Seal,
) => ({
  id,
  chat_id: chatId,
  content: seal(content),
  reference,
  at,
  is_first_contact: isFirstContact,
});
