import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { type Caller, personsEvent, securityInsert } from '../audit/security-event.ts';

const Row = z.object({ is_active: z.boolean() });

/**
 * Decides, before a login is made, whether its user may have one, and makes an administrator of a verified address that
 * is in ADMIN_EMAILS. One statement, with the rows for the audit log.
 * @returns false for a disabled user
 */
export async function admitUser({
  services,
  caller,
  input: { userId, method },
}: {
  services: Pick<Services, 'db' | 'env'>;
  caller: Caller;
  input: { userId: string; method: string };
}): Promise<boolean> {
  const admins = JSON.stringify(services.env.ADMIN_EMAILS);
  const { rows } = await services.db.execute(sql`
    with person as (select id, is_active from users where id = ${userId}),
    admitted as (select id from person where is_active),
    promoted as (
      update users set role = 'admin', updated_at = now()
      where id = ${userId} and is_active and email_verified and role <> 'admin' and ${admins}::jsonb ? email
      returning id
    ),
    promotion as (${securityInsert(caller, {
      action: 'user.role_changed',
      workspaceId: null,
      target: userId,
      userId,
      details: { from: 'user', to: 'admin', by: 'ADMIN_EMAILS' },
      from: sql`promoted`,
    })}),
    entry as (${securityInsert(caller, personsEvent(userId, { action: 'user.signed_in', details: { method }, from: sql`admitted` }))})
    select is_active from person`);
  return Row.optional().parse(rows[0])?.is_active ?? false;
}
