import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

const BATCH = 5_000;

/**
 * Deletes what happened to sessions longer ago than LOG_RETENTION_DAYS: entries of their logs, and owners that are none any
 * more. The state that a session was in at that time stays, since its uptime begins with it. A run takes a portion of each,
 * the oldest first; the next one takes up the rest.
 */
export async function forgetOldHistory({ db, env }: Pick<Services, 'db' | 'env'>): Promise<void> {
  const limit = sql`now() - make_interval(days => ${env.LOG_RETENTION_DAYS}::int)`;
  await db.execute(sql`
    delete from session_log using (
      select entry.id from session_log entry
      where entry.at < ${limit} and (entry.attempt is not null or exists (
        select from session_log later
        where later.session_id = entry.session_id and later.attempt is null
          and (later.at, later.id) > (entry.at, entry.id) and later.at < ${limit}
      ))
      order by entry.at limit ${BATCH}::int for update skip locked
    ) old
    where session_log.id = old.id`);
  await db.execute(sql`
    delete from lease_history using (
      select id from lease_history where at < ${limit} and ended_at < ${limit}
      order by at limit ${BATCH}::int for update skip locked
    ) old
    where lease_history.id = old.id`);
}
