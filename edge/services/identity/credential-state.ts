import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';

const Row = z.object({
  is_active: z.boolean(),
  email_verified: z.boolean(),
  password: z.string().nullable(),
});

export type CredentialState = {
  isActive: boolean;
  emailVerified: boolean;
  passwordHash: string | null;
};

/** What the mails to a user depend on; null for a user that is not there. */
export async function credentialState({
  services: { db },
  userId,
}: {
  services: Pick<Services, 'db'>;
  userId: string;
}): Promise<CredentialState | null> {
  const { rows } = await db.execute(sql`
    select u.is_active, u.email_verified, a.password from users u
    left join auth_accounts a on a.provider_id = 'credential' and a.account_id = u.id
    where u.id = ${userId}`);
  const row = Row.optional().parse(rows[0]);
  if (row === undefined) return null;
  return { isActive: row.is_active, emailVerified: row.email_verified, passwordHash: row.password };
}
