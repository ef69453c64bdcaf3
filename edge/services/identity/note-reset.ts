import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { type Caller, personsEvent, securityInsert } from '../audit/security-event.ts';

/** After a password was chosen by a mailed link: who has the link has the mailbox, so that the address is confirmed too. */
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
    )
    ${securityInsert(caller, personsEvent(userId, { action: 'password.reset' }))}`);
}
