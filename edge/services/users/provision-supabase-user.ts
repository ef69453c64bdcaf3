import { sql } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { violatesConstraint } from '../../db/database-errors.ts';

/**
 * Makes the account of a person that Supabase vouches for: user, way in, workspace and membership in one statement. Nothing
 * of the token but subject and address is believed; the role is `user`.
 * @returns false when nothing was made: the subject came in meanwhile, or the address is another account's
 */
export async function provisionSupabaseUser({
  services,
  input,
}: {
  services: Pick<Services, 'db' | 'now'>;
  input: { subject: string; email: string };
}): Promise<boolean> {
  const { subject, email } = input;
  const now = services.now();
  const [userId, workspaceId, accountId] = [
    newId('user', now),
    newId('workspace', now),
    newId('authAccount', now),
  ];
  const name = email.split('@')[0] ?? email;
  try {
    const { rows } = await services.db.execute(sql`
      with person as (
        insert into users (id, name, email, email_verified, workspace_id)
        values (${userId}, ${name}, ${email}, true, ${workspaceId})
        on conflict (email) do nothing
        returning id
      ),
      opened as (
        insert into workspaces (id, name) select ${workspaceId}, ${`${name}'s workspace`}::text from person
      ),
      joined as (
        insert into members (workspace_id, user_id, role) select ${workspaceId}, id, 'owner' from person
      ),
      linked as (
        insert into auth_accounts (id, user_id, provider_id, account_id)
        select ${accountId}, id, 'supabase', ${subject}::text from person
      )
      select id from person`);
    return rows.length > 0;
  } catch (error) {
    // The same subject came in under another address at the same time; all of this statement is undone.
    if (violatesConstraint(error, 'auth_accounts_provider_account')) return false;
    throw error;
  }
}
