import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

const BATCH = 5_000;

/** Deletes logins and mailed or OAuth values whose time is over. They count for nothing already. */
export async function forgetExpiredLogins({ db }: Pick<Services, 'db'>): Promise<void> {
  for (const table of ['auth_verifications', 'auth_sessions']) {
    const name = sql.identifier(table);
    await db.execute(sql`
      delete from ${name} where id in (
        select id from ${name} where expires_at <= now() order by expires_at limit ${BATCH}::int for update skip locked
      )`);
  }
}
