import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';

const Row = z.object({ email: z.string() });

/**
 * Takes a mailed reset away from a user who was disabled since, so that its token is as good as any invented one. The
 * identity library keeps a SHA-256 of what the token stands for.
 * @returns the address that the reset was mailed to; null when there is none, or it was just taken away
 */
export async function dropDisabledReset({
  services: { db },
  token,
}: {
  services: Pick<Services, 'db'>;
  token: string;
}): Promise<string | null> {
  const bytes = new TextEncoder().encode(`reset-password:${token}`);
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  const identifier = Buffer.from(digest).toString('base64url');
  const { rows } = await db.execute(sql`
    with dropped as (
      delete from auth_verifications using users
      where auth_verifications.identifier = ${identifier} and users.id = auth_verifications.value
        and not users.is_active
    )
    select u.email from auth_verifications v join users u on u.id = v.value
    where v.identifier = ${identifier} and u.is_active`);
  return Row.optional().parse(rows[0])?.email ?? null;
}
