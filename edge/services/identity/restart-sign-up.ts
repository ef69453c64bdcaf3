import { sql } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';

/**
 * Anybody can sign up again. An administrator was appointed by another one: a password that a stranger chose must not become
 * theirs by a click on the link in the stranger's mail.
 */
const isOpen = sql`not email_verified and is_active and role = 'user'`;

/**
 * A sign-up with an address that has a user already. As long as nobody has confirmed the address, the last one to sign up
 * says what name and password the account has: that heals a sign-up that died before its account was written. What a stranger
 * who was here first left behind ends when the address is confirmed. Two writes, as the first sign-up has, so that it takes as
 * long; a confirmed user is not touched by either.
 */
export async function restartSignUp({
  services: { db },
  input: { userId, name, passwordHash },
}: {
  services: Pick<Services, 'db'>;
  input: { userId: string; name: string; passwordHash: string };
}): Promise<void> {
  await db.execute(sql`
    update users set name = ${name}, updated_at = now()
    where id = ${userId} and ${isOpen}`);
  await db.execute(sql`
    insert into auth_accounts (id, user_id, provider_id, account_id, password)
    select ${newId('authAccount')}, id, 'credential', id, ${passwordHash}
    from users where id = ${userId} and ${isOpen}
    on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = now()`);
}
