import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { type Caller, personsEvent, securityInsert } from '../audit/security-event.ts';

const Row = z.object({ user_id: z.string(), email: z.string(), owner: z.string().nullable() });

/**
 * Makes a Supabase user another way in to the account that is signed in with this session token.
 * @returns null when the login is over
 * @throws AppError CONFLICT when the Supabase user is another account's way in
 */
export async function linkSupabase({
  services: { db, now },
  caller,
  input: { sessionToken, subject },
}: {
  services: Pick<Services, 'db' | 'now'>;
  caller: Caller;
  input: { sessionToken: string; subject: string };
}): Promise<{ userId: string; email: string } | null> {
  const event = personsEvent(sql`(select user_id from login)`, {
    action: 'account.linked',
    details: { provider: 'supabase' },
    from: sql`linked where linked.is_new`,
  });
  const { rows } = await db.execute(sql`
    with login as (
      select u.id as user_id, u.email from auth_sessions s join users u on u.id = s.user_id
      where s.token = ${sessionToken} and s.expires_at > now() and u.is_active
    ),
    linked as (
      insert into auth_accounts (id, user_id, provider_id, account_id)
      select ${newId('authAccount', now())}, user_id, 'supabase', ${subject}::text from login
      on conflict (provider_id, account_id) do update set updated_at = now()
      returning user_id, xmax = 0 as is_new
    ),
    entry as (${securityInsert(caller, event)})
    select login.user_id, login.email, linked.user_id as owner from login left join linked on true`);
  const row = Row.optional().parse(rows[0]);
  if (row === undefined) return null;
  if (row.owner !== row.user_id)
    throw new AppError('CONFLICT', 'This Supabase user is already linked to another account.', {
      reason: 'linked_elsewhere',
    });
  return { userId: row.user_id, email: row.email };
}
