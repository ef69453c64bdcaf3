import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

const BATCH = 20;
const OFF_DAYS = 7;

/**
 * Deletes REST hooks that have been switched off for OFF_DAYS. Their subscribers made new ones and never unsubscribed these. A
 * run deletes some, each with its deliveries.
 */
export async function forgetUnusedHooks({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.execute(sql`
    delete from webhook_endpoints using (
      select id from webhook_endpoints
      where hook_key is not null and not is_active and disabled_at < now() - make_interval(days => ${OFF_DAYS}::int)
      limit ${BATCH}::int for update skip locked
    ) unused
    where webhook_endpoints.id = unused.id`);
}
