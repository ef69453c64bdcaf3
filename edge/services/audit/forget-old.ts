import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

export const AUDIT_DAYS = 400;

const BATCH = 5_000;

/** Deletes audit rows past their time, the oldest first. A run takes a portion; the next one takes up the rest. */
export async function forgetOldAudit({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.execute(sql`
    delete from audit_log using (
      select id from audit_log where created_at < now() - make_interval(days => ${AUDIT_DAYS}::int)
      order by created_at limit ${BATCH}::int for update skip locked
    ) old
    where audit_log.id = old.id`);
}
