import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { otherForm } from '../reports/writes/person-ids.ts';
import { type Addressee, readChat } from '../workspace/local-numbers.ts';

/** A person as a caller names them; the username is without its `@`. */
export type Contact = Addressee | { username: string };

/**
 * Every id of a person that the workspace knows: phone ids, LIDs, and both forms of a number that has two.
 * @throws AppError NOT_FOUND for a username that nobody met so far has; VALIDATION_ERROR for a number that cannot be read
 */
export async function idsOfContact(
  ctx: ServiceContext,
  contact: Contact,
): Promise<[string, ...string[]]> {
  const { db, workspaceId } = ctx;
  const first =
    'username' in contact
      ? sql`select known.lid as id from person_ids known join sessions s on s.id = known.session_id
          where s.workspace_id = ${workspaceId} and lower(known.username) = lower(${contact.username})`
      : sql`select ${await readChat(ctx, 'contact', contact)}::text as id`;
  const { rows } = await db.execute(sql`
    with recursive found as (
      ${first}
      union
      select other.id from found cross join lateral (
        ${beside(sql`person_ids p join sessions s on s.id = p.session_id`, sql`s.workspace_id = ${workspaceId}`, [sql`p.lid`, sql`p.phone_id`, sql`p.chat_id`])}
        union all
        ${beside(sql`leads l`, sql`l.workspace_id = ${workspaceId}`, [sql`l.person_id`, sql`l.lid`])}
        union all
        ${beside(sql`opt_outs o`, sql`o.workspace_id = ${workspaceId}`, [sql`o.person_id`, sql`o.lid`])}
        union all
        select ${otherForm(sql`found.id`)}
      ) other (id)
      where other.id is not null
    )
    select id from found order by id`);
  const [head, ...others] = z.array(z.object({ id: z.string() })).parse(rows);
  if (head === undefined)
    throw new AppError('NOT_FOUND', 'No session of this workspace has met anybody of that name.');
  return [head.id, ...others.map(({ id }) => id)];
}

/** The ids that stand in one row with `found.id`. */
const beside = (from: SQL, where: SQL, columns: readonly SQL[]): SQL => {
  const ids = sql.join([...columns], sql`, `);
  return sql`(select unnest(array[${ids}]) from ${from} where ${where} and found.id in (${ids}))`;
};
