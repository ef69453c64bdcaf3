import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

const BATCH = 5_000;

/** Deletes Idempotency-Keys whose time is over. They count for nothing already; one that a send takes anew is left to it. */
export async function forgetIdempotencyKeys({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.execute(sql`
    delete from idempotency using (
      select workspace_id, route, idempotency_key from idempotency
      where expires_at <= now() order by expires_at limit ${BATCH}::int for update skip locked
    ) expired
    where idempotency.workspace_id = expired.workspace_id and idempotency.route = expired.route
      and idempotency.idempotency_key = expired.idempotency_key`);
}
