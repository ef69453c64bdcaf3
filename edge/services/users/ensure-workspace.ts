import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';

const Row = z.object({ workspace_id: z.string().nullable() });

/** A run that lost to another one finds that one's workspace the next time. */
const MAX_RUNS = 3;

/** Expression: the workspace that a user acts in, of those they belong to; null for whoever belongs to none. */
export const memberOf = (userId: SQL | string | null): SQL => sql`(
  select m.workspace_id from members m join users person on person.id = m.user_id
  where m.user_id = ${userId}::text
  order by m.workspace_id is not distinct from person.workspace_id desc, m.created_at, m.workspace_id limit 1)`;

/**
 * The workspace that a user acts in: the one they chose while they belong to it, else the one they joined first, else a
 * new one of their own. May run any number of times at once: the user's row is the lock, and who comes second sees that
 * it is no longer as it was read.
 * @throws AppError NOT_FOUND for a user that is not there
 */
export async function ensureWorkspace({
  services,
  userId,
}: {
  services: Pick<Services, 'db' | 'now'>;
  userId: string;
}): Promise<string> {
  const id = newId('workspace', services.now());
  for (let run = 1; run <= MAX_RUNS; run += 1) {
    const { rows } = await services.db.execute(sql`
      with person as materialized (
        select u.id, u.name, u.workspace_id as chosen, ${memberOf(userId)} as member_of
        from users u where u.id = ${userId}
      ),
      moved as (
        update users u set workspace_id = coalesce(person.member_of, ${id}), updated_at = now()
        from person
        where u.id = person.id and u.workspace_id is not distinct from person.chosen
          and (person.member_of is null or person.member_of is distinct from person.chosen)
        returning u.id, u.workspace_id, person.name
      ),
      opened as (
        insert into workspaces (id, name)
        select workspace_id, name || '''s workspace' from moved where workspace_id = ${id}
        returning id
      ),
      joined as (
        insert into members (workspace_id, user_id, role)
        select opened.id, moved.id, 'owner' from opened, moved
      )
      select coalesce(moved.workspace_id, person.member_of) as workspace_id
      from person left join moved on true`);
    const row = Row.optional().parse(rows[0]);
    if (row === undefined) throw new AppError('NOT_FOUND', 'No such user.');
    if (row.workspace_id !== null) return row.workspace_id;
  }
  throw new AppError('UNAVAILABLE');
}
