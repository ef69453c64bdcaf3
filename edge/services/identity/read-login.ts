import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';

const Row = z.object({ id: z.string(), user_id: z.string(), email: z.string() });

export type Login = { authSessionId: string; userId: string; email: string };

/** Whose login a session token is. The logins of a disabled user end here; null for those and for one that is over. */
export async function readLogin({
  services: { db },
  sessionToken,
}: {
  services: Pick<Services, 'db'>;
  sessionToken: string;
}): Promise<Login | null> {
  const { rows } = await db.execute(sql`
    with login as (
      select s.id, s.user_id, s.expires_at, u.email, u.is_active
      from auth_sessions s join users u on u.id = s.user_id where s.token = ${sessionToken}
    ),
    ended as (delete from auth_sessions using login where auth_sessions.user_id = login.user_id and not login.is_active)
    select id, user_id, email from login where is_active and expires_at > now()`);
  const row = Row.optional().parse(rows[0]);
  return row === undefined
    ? null
    : { authSessionId: row.id, userId: row.user_id, email: row.email };
}
