import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

/** Leaves a mark by which the operator sees that cron comes round. The newest round counts. */
export async function noteCronRound({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.execute(sql`
    insert into cron_rounds as known (name, started_at) values ('minute', now())
    on conflict (name) do update set started_at = greatest(known.started_at, excluded.started_at)`);
}
