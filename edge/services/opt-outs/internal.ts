import { type SQL, sql } from 'drizzle-orm';
import { contactHash, type ContactHashKey } from '../erasures/contact-hash.ts';
import { otherForm } from '../reports/writes/person-ids.ts';

/** The ids of a chat's person: as far as the session has met them under both, and a number in both forms where it has two. */
const idsOf = (sessionId: SQL, chatId: SQL): SQL => sql`array(
  select unnest(array[(${chatId})::text, ${otherForm(sql`(${chatId})::text`)}])
  union all
  select known.lid from person_ids known where known.session_id = ${sessionId} and known.phone_id = (${chatId})::text
  union all
  select known.phone_id from person_ids known
  where known.session_id = ${sessionId} and known.lid = (${chatId})::text and known.phone_id is not null
)`;

/**
 * Whether the person of a chat has opted out, under either id; also when they were erased since. Each id is looked up by an
 * index.
 */
export function isOptedOut(
  env: ContactHashKey,
  workspaceId: SQL,
  sessionId: SQL,
  chatId: SQL,
): SQL {
  const ids = idsOf(sessionId, chatId);
  return sql`(
    exists (select from opt_outs o where o.workspace_id = ${workspaceId} and o.person_id = any(${ids}))
    or exists (select from opt_outs o where o.workspace_id = ${workspaceId} and o.lid = any(${ids}))
    or exists (
      select from unnest(${ids}) person(id) join erased_opt_outs o on o.workspace_id = ${workspaceId}
        and o.person_hash = ${contactHash(env, sql`(${workspaceId})::text`, sql`person.id`)}
    )
  )`;
}

/** A stop word as it is compared: without the blanks, full stops and marks around it, in small letters. */
export const stopWordOf = (text: string): string =>
  text.replaceAll(/^[\s"'“”‘’]+|[\s.!"'“”‘’]+$/gu, '').toLowerCase();
