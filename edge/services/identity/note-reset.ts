import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { type Caller, personsEvent, securityInsert } from '../audit/security-event.ts';
import { endWhatCameBefore } from './confirm-address.ts';

/**
 * After a password was chosen by a mailed link: who has the link has the mailbox, so that the address is confirmed too, as by
 * the link of a sign-up.
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
    ${endWhatCameBefore(caller, 'credential')},
    entry as (${securityInsert(caller, personsEvent(userId, { action: 'password.reset' }))})
    select id from confirmed`);
}
