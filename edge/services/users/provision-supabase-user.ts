import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { violatesConstraint } from '../../db/database-errors.ts';

const Row = z.object({ id: z.string() });

/**
 * Makes the account of a person who comes with a Supabase token: user and way in, in one statement. Nothing of the token
 * but subject and address is believed; the role is `user`.
 * @returns the user's id; null when nothing was made: the subject came in meanwhile, or the address is another account's
 */
export async function provisionSupabaseUser({
  services,
  input,
}: {
  services: Pick<Services, 'db' | 'now'>;
  input: { subject: string; email: string; name: string; emailVerified: boolean };
}): Promise<string | null> {
  const { subject, email, name, emailVerified } = input;
  const now = services.now();
  try {
    const { rows } = await services.db.execute(sql`
      with person as (
        insert into users (id, name, email, email_verified)
        values (${newId('user', now)}, ${name}, ${email}, ${emailVerified}::boolean)
        on conflict (email) do nothing
        returning id
      ),
      linked as (
        insert into auth_accounts (id, user_id, provider_id, account_id)
        select ${newId('authAccount', now)}, id, 'supabase', ${subject}::text from person
      )
      select id from person`);
    return Row.optional().parse(rows[0])?.id ?? null;
  } catch (error) {
    // The same subject came in under another address at the same time; all of this statement is undone.
    if (violatesConstraint(error, 'auth_accounts_provider_account')) return null;
    throw error;
  }
}
