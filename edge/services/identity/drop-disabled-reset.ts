import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

/**
 * Takes a mailed reset away from a user who was disabled since, so that its token is as good as any invented one. The
 * identity library keeps a SHA-256 of what the token stands for.
 */
export async function dropDisabledReset({
  services: { db },
  token,
}: {
  services: Pick<Services, 'db'>;
  token: string;
}): Promise<void> {
  const bytes = new TextEncoder().encode(`reset-password:${token}`);
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  const identifier = Buffer.from(digest).toString('base64url');
  await db.execute(sql`
    delete from auth_verifications using users
    where auth_verifications.identifier = ${identifier} and users.id = auth_verifications.value
      and not users.is_active`);
}
