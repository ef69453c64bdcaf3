import { toHex } from '../../../shared/hex.ts';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { Moment } from '../../db/moment.ts';
import { type Caller, personsEvent, securityInsert } from '../audit/security-event.ts';

/** As long as a login by password; see services/identity/auth.ts. */
const LOGIN_SECONDS = 7 * 86_400;

const Row = z.object({ expires_at: Moment });

/**
 * Starts a login of a person that something else vouched for, as the identity library would, and notes it in the audit log.
 * @returns the session token for the cookie
 * @throws AppError UNAUTHORIZED for a disabled user
 */
export async function startLogin({
  services: { db, now },
  caller,
  input: { userId, userAgent, method },
}: {
  services: Pick<Services, 'db' | 'now'>;
  caller: Caller;
  input: { userId: string; userAgent: string | null; method: 'supabase' | 'link' };
}): Promise<{ sessionToken: string; expiresAt: Date; maxAgeSeconds: number }> {
  const sessionToken = newSessionToken();
  const event = personsEvent(userId, {
    action: 'user.signed_in',
    details: { method },
    from: sql`login`,
  });
  const { rows } = await db.execute(sql`
    with login as (
      insert into auth_sessions (id, user_id, token, expires_at, ip_address, user_agent)
      select ${newId('authSession', now())}, id, ${sessionToken}, now() + make_interval(secs => ${LOGIN_SECONDS}::int),
        ${caller.callerAddress ?? null}::text, ${userAgent}::text
      from users where id = ${userId} and is_active
      returning expires_at
    ),
    entry as (${securityInsert(caller, event)})
    select expires_at from login`);
  const row = Row.optional().parse(rows[0]);
  if (row === undefined) throw new AppError('UNAUTHORIZED');
  return { sessionToken, expiresAt: row.expires_at, maxAgeSeconds: LOGIN_SECONDS };
}

/** 192 random bits. */
const newSessionToken = (): string => toHex(crypto.getRandomValues(new Uint8Array(24)));
