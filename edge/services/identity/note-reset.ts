import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { type Caller, personsEvent, securityInsert } from '../audit/security-event.ts';

/**
 * After a password was chosen by a mailed link: who has the link has the mailbox, so that the address is confirmed too. Was
 * it not before, then whoever came in until now may be somebody else: other ways in are unlinked and keys are revoked.
 */
export async function notePasswordReset({
  services: { db },
  caller,
  userId,
}: {
  services: Pick<Services, 'db'>;
  caller: Caller;
  userId: string;
}): Promise<void> {
  await db.execute(sql`
    with confirmed as (
      update users set email_verified = true, updated_at = now() where id = ${userId} and not email_verified
      returning id
    ),
    unlinked as (
      delete from auth_accounts a using confirmed where a.user_id = confirmed.id and a.provider_id <> 'credential'
    ),
    revoked as (
      update api_keys k set revoked_at = now() from confirmed where k.user_id = confirmed.id and k.revoked_at is null
    )
    ${securityInsert(caller, personsEvent(userId, { action: 'password.reset' }))}`);
}
