import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { type Caller, personsEvent, securityInsert } from '../audit/security-event.ts';
import { endWhatCameBefore } from './confirm-address.ts';

const Row = z.object({ id: z.string() });

/**
 * Gives an account that nobody has confirmed to the person whose address it has, as an identity provider says: anybody could
 * open it by a sign-up. The address is confirmed, the provider becomes the only way in, and what was there before ends. The
 * account of a disabled user, of an administrator, and of a subject who has an account already stays as it is.
 * @returns the user's id; null when there is no such account
 */
export async function claimAccount({
  services: { db, now },
  caller,
  input: { provider, subject, email, name },
}: {
  services: Pick<Services, 'db' | 'now'>;
  caller: Caller;
  /** The provider must have verified the address, which is as `EmailAddress` keeps it. */
  input: { provider: 'google' | 'supabase'; subject: string; email: string; name: string };
}): Promise<string | null> {
  const event = personsEvent(sql`(select id from confirmed)`, {
    action: 'account.linked',
    details: { provider },
    from: sql`confirmed`,
  });
  const { rows } = await db.execute(sql`
    with confirmed as (
      update users u set email_verified = true, name = ${name}, updated_at = now()
      where u.email = ${email} and not u.email_verified and u.is_active and u.role = 'user'
        and not exists (
          select 1 from auth_accounts a where a.provider_id = ${provider} and a.account_id = ${subject}
        )
      returning u.id
    ),
    ${endWhatCameBefore(caller, null)},
    linked as (
      insert into auth_accounts (id, user_id, provider_id, account_id)
      select ${newId('authAccount', now())}, id, ${provider}, ${subject}::text from confirmed
    ),
    entry as (${securityInsert(caller, event)})
    select id from confirmed`);
  return Row.optional().parse(rows[0])?.id ?? null;
}
