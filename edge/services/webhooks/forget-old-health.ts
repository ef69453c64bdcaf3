import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

const BATCH = 5_000;

/** Deletes the counts of hours that no health looks at any more. A run takes a portion; the next one takes up the rest. */
export async function forgetOldHealth({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.execute(sql`
    delete from webhook_health using (
      select endpoint_id, hour, latency_class from webhook_health
      where hour < now() - interval '25 hours' order by hour limit ${BATCH}::int for update skip locked
    ) old
    where webhook_health.endpoint_id = old.endpoint_id and webhook_health.hour = old.hour
      and webhook_health.latency_class = old.latency_class`);
}
