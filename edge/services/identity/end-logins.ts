import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { type Caller, personsEvent, securityInsert } from '../audit/security-event.ts';

type Deps = { services: Pick<Services, 'db'>; caller: Caller };

const endedBy = sql`(select user_id from ended limit 1)`;

/** Ends the login of a session token, with its row in the audit log. False when there was none. */
export async function endLogin({
  services: { db },
  caller,
  sessionToken,
}: Deps & { sessionToken: string }): Promise<boolean> {
  const { rows } = await db.execute(sql`
    with ended as (delete from auth_sessions where token = ${sessionToken} returning user_id),
    entry as (${securityInsert(caller, personsEvent(endedBy, { action: 'user.signed_out', from: sql`ended` }))})
    select user_id from ended`);
  return rows.length > 0;
}

/** Ends every login of the user whose session token this is. False when the token is no good any more. */
export async function endAllLogins({
  services: { db },
  caller,
  sessionToken,
}: Deps & { sessionToken: string }): Promise<boolean> {
  const { rows } = await db.execute(sql`
    with login as (
      select s.user_id from auth_sessions s join users u on u.id = s.user_id
      where s.token = ${sessionToken} and s.expires_at > now() and u.is_active
    ),
    ended as (delete from auth_sessions where user_id in (select user_id from login) returning user_id),
    entry as (${securityInsert(caller, personsEvent(endedBy, { action: 'sessions.revoked', from: sql`login` }))})
    select user_id from ended`);
  return rows.length > 0;
}
