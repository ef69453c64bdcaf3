import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { Count } from '../../db/moment.ts';

/** Events of one transaction. */
const BATCH = 1_000;
const BATCHES = 10;

/**
 * Deletes events older than EVENT_RETENTION_DAYS with their deliveries, the oldest first, and notes on each workspace up to
 * which number. An event that an endpoint is still to get stays. A run takes a portion; the next one takes up the rest.
 */
export async function forgetOldEvents(services: Pick<Services, 'db' | 'env'>): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch += 1)
    if ((await forgetBatch(services)) < BATCH) return;
}

/**
 * Finished deliveries first, by a statement of their own: one that is redelivered meanwhile stays, and keeps its event.
 * What other writers hold is left to the next run: nothing here waits for a lock.
 * @returns how many events it deleted
 */
async function forgetBatch({ db, env }: Pick<Services, 'db' | 'env'>): Promise<number> {
  const isOld = sql`e.created_at < now() - make_interval(days => ${env.EVENT_RETENTION_DAYS}::int)`;
  const itsDeliveries = sql`deliveries d where d.workspace_id = e.workspace_id and d.event_seq = e.seq`;
  const [, { rows }] = await db.batch([
    db.execute(sql`
      delete from deliveries using (
        select finished.id from (
          select e.workspace_id, e.seq from events e
          where ${isOld} and not exists (select from ${itsDeliveries} and d.status = 'pending')
          order by e.created_at limit ${BATCH}::int
        ) old
        join deliveries finished on finished.workspace_id = old.workspace_id and finished.event_seq = old.seq
        where finished.status <> 'pending'
        for update of finished skip locked
      ) finished
      where deliveries.id = finished.id`),
    db.execute(sql`
      with old as materialized (
        select e.workspace_id, e.seq from events e
        where ${isOld} and not exists (select from ${itsDeliveries})
        order by e.created_at limit ${BATCH}::int for update of e skip locked
      ),
      place as materialized (
        select id from workspaces where id in (select workspace_id from old) for no key update skip locked
      ),
      gone as (
        delete from events using old join place on place.id = old.workspace_id
        where events.workspace_id = old.workspace_id and events.seq = old.seq
        returning events.workspace_id, events.seq
      ),
      noted as (
        update workspaces set events_pruned_to = greatest(events_pruned_to, last.seq)
        from (select workspace_id, max(seq) as seq from gone group by workspace_id) last
        where workspaces.id = last.workspace_id
      )
      select count(*) as gone from gone`),
  ]);
  return z.tuple([z.object({ gone: Count })]).parse(rows)[0].gone;
}
