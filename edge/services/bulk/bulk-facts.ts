import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import type { ServiceContext } from '../../context.ts';
import { Count, Moment } from '../../db/moment.ts';
import { counts, isFirstContact } from '../messages/first-contact.ts';
import { exceedsQuota } from '../media/media-quota.ts';
import { shownMedia } from '../media/get-media.ts';
import { isAccepting } from '../messages/send-statement.ts';
import { isOptedOut } from '../opt-outs/internal.ts';
import { stableChatId } from '../reports/writes/person-ids.ts';
import type { BulkRequest } from './bulk-request.ts';

const Chat = z.object({ id: z.string(), optedOut: z.boolean(), isNew: z.boolean() });
const Facts = z.object({
  now: Moment,
  accepting: z.boolean(),
  waiting: Count,
  /** Bulks that the session has had: the plan is good as long as there is no other. */
  bulks: Count,
  chats: z.array(Chat),
  /** Unix ms. */
  first_contacts: z.array(z.number()),
  file: z
    .object({
      id: z.string(),
      mimetype: z.string(),
      filename: z.string().nullable(),
      sizeBytes: z.number(),
    })
    .nullable(),
  /** The workspace has no room for the file that the bulk brings. */
  full: z.boolean(),
  prior: z.object({ id: z.string(), sessionId: z.string(), sameBody: z.boolean() }).nullable(),
});
export type BulkFacts = z.infer<typeof Facts>;

/**
 * What a bulk is planned by, in one statement. A person's chats have one id, whichever of theirs the caller wrote.
 * @param chatIds of the recipients; `chats` is in their order
 * @param key as `ownKey` gives it
 * @param broughtBytes of a file that is stored for the bulk; 0 where there is none yet
 * @returns undefined when the session has gone
 */
export async function readBulkFacts(
  ctx: ServiceContext,
  {
    sessionId,
    chatIds,
    request: { idempotency, file },
    key,
    broughtBytes,
  }: {
    sessionId: string;
    chatIds: readonly string[];
    request: BulkRequest;
    key: string | null;
    broughtBytes: number;
  },
): Promise<BulkFacts | undefined> {
  const { workspaceId } = ctx;
  const stored = file?.source.from === 'media' ? file.source.mediaId : null;
  const isFull =
    file === null || stored !== null ? sql`false` : exceedsQuota(workspaceId, broughtBytes);
  const { rows } = await ctx.db.execute(sql`
    with given as materialized (
      select place, ${stableChatId(sessionId, sql`written.id`)} as id
      from jsonb_array_elements_text(${JSON.stringify(chatIds)}::jsonb) with ordinality as written (id, place)
    ),
    chat as (
      select given.place, given.id, ${isOptedOut(ctx.env, sql`${workspaceId}`, sql`${sessionId}`, sql`given.id`)} as opted_out,
        ${isFirstContact(sql`${sessionId}`, sql`given.id`)} as is_new
      from given
    ),
    first_contact as (
      select m.first_contact_at as at from messages m
      where m.session_id = ${sessionId} and ${counts} and m.first_contact_at > now() - interval '1 day'
    ),
    file as (
      select f.id, f.mimetype, f.filename, f.size_bytes from media f left join sessions s on s.id = f.session_id
      where f.id = ${stored}::text and ${shownMedia(ctx)}
    ),
    prior as (
      select b.id, b.session_id, i.body_hash = ${idempotency?.bodyHash ?? null}::text as same_body
      from idempotency i join bulks b on b.id = i.bulk_id
      where i.workspace_id = ${workspaceId} and i.route = ${idempotency?.route ?? null}::text
        and i.idempotency_key = ${key}::text and i.expires_at > now()
    )
    select now() as now, ${isAccepting} as accepting, ${isFull} as full,
      (select count(*) from (
        select from messages m
        where m.session_id = s.id and m.status in ('queued', 'sending') and m.bulk_id is not null
        limit ${LIMITS.bulkMessages.limit}
      ) pending) as waiting,
      (select count(*) from bulks b where b.session_id = s.id) as bulks,
      coalesce((select jsonb_agg(jsonb_build_object('id', id, 'optedOut', opted_out, 'isNew', is_new) order by place) from chat), '[]') as chats,
      coalesce((select jsonb_agg((extract(epoch from at) * 1000)::bigint) from first_contact), '[]') as first_contacts,
      (select jsonb_build_object('id', id, 'mimetype', mimetype, 'filename', filename, 'sizeBytes', size_bytes) from file) as file,
      (select jsonb_build_object('id', id, 'sessionId', session_id, 'sameBody', same_body) from prior) as prior
    from sessions s left join session_leases l on l.session_id = s.id
    where s.id = ${sessionId} and s.workspace_id = ${workspaceId}`);
  return z.array(Facts).parse(rows)[0];
}
