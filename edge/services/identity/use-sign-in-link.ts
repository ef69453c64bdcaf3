import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { signInLinkId } from '../../../shared/sign-in-link.ts';
import type { Services } from '../../context.ts';

const Row = z.object({ id: z.string(), email: z.string() });

/**
 * Takes a one-time link away, so that it works for one caller only. migrations/sign-in-link.ts makes them. Who belongs to
 * no workspace yet becomes an owner of the one that they were made for.
 * @returns whose it was
 * @throws AppError UNAUTHORIZED for a link that was used, is too old or never was, and for a disabled user's
 */
export async function useSignInLink({
  services: { db },
  input: { token },
}: {
  services: Pick<Services, 'db'>;
  input: { token: string };
}): Promise<{ userId: string; email: string }> {
  const { rows } = await db.execute(sql`
    with used as (
      delete from auth_verifications where identifier = ${await signInLinkId(token)} and expires_at > now() returning value
    ),
    person as (
      select u.id, u.email, u.workspace_id from used join users u on u.id = used.value where u.is_active
    ),
    joined as (
      insert into members (workspace_id, user_id, role, all_sessions)
      select person.workspace_id, person.id, 'owner', true from person
      where person.workspace_id is not null and not exists (select 1 from members m where m.user_id = person.id)
    )
    select id, email from person`);
  const row = Row.optional().parse(rows[0]);
  if (row === undefined)
    throw new AppError('UNAUTHORIZED', 'This link was used already or is too old.');
  return { userId: row.id, email: row.email };
}
