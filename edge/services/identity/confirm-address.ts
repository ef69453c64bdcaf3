import { type SQL, sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { type Caller, securityInsert } from '../audit/security-event.ts';

/**
 * CTEs that follow `confirmed`: the user whose address was just proved. Earlier logins and keys may be another person's. So
 * other ways in are unlinked, logins end and keys are revoked, which their workspaces' logs tell.
 * @param proof the provider of the way in that proved it, which stays; null when it is not written yet
 */
export const endWhatCameBefore = (caller: Caller, proof: 'credential' | null): SQL => sql`
  unlinked as (
    delete from auth_accounts a using confirmed
    where a.user_id = confirmed.id and a.provider_id is distinct from ${proof}::text
  ),
  ended as (delete from auth_sessions s using confirmed where s.user_id = confirmed.id),
  revoked as (
    update api_keys k set revoked_at = now() from confirmed where k.user_id = confirmed.id and k.revoked_at is null
    returning k.id, k.workspace_id, k.name
  ),
  revoked_told as (${securityInsert(caller, {
    action: 'key.revoked',
    workspaceId: sql`revoked.workspace_id`,
    target: sql`revoked.id`,
    userId: sql`(select id from confirmed)`,
    details: sql`jsonb_build_object('name', revoked.name)`,
    from: sql`revoked`,
  })})`;

/**
 * Confirms the address of a user who signed up with this password. At the proof and not at the sign-up, which anybody can
 * repeat: a stranger must not end the keys of others.
 */
export async function confirmAddress({
  services: { db },
  caller,
  input: { userId, passwordHash },
}: {
  services: Pick<Services, 'db'>;
  caller: Caller;
  input: { userId: string; passwordHash: string };
}): Promise<void> {
  await db.execute(sql`
    with confirmed as (
      update users u set email_verified = true, updated_at = now() from auth_accounts a
      where u.id = ${userId} and not u.email_verified
        and a.provider_id = 'credential' and a.account_id = u.id and a.password = ${passwordHash}
      returning u.id
    ),
    ${endWhatCameBefore(caller, 'credential')}
    select id from confirmed`);
}
