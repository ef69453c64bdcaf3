import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';

/** Messages that get their place in one go; what is over waits for the next. */
const BATCH = 500;

const Row = z.object({ session_id: z.string(), queue_seq: z.coerce.number() });

/**
 * Gives messages for later that are due by now their place in the queue, behind all that was queued before: the order of a
 * session is the order in which its messages become due. Waits for no lock: a session that is busy at this instant is left
 * to the next call.
 * @param which condition on `m.session_id`
 */
export const promoteDue = (which: SQL): SQL => sql`
  with free as (
    select s.id from sessions s
    where s.id in (select m.session_id from messages m where ${isDue} and ${which})
    for no key update of s skip locked
  ),
  due as (
    select m.id, m.session_id, m.send_at from messages m join free on free.id = m.session_id
    where ${isDue}
    order by m.send_at, m.id limit ${BATCH}::int
    for update of m skip locked
  ),
  placed as (
    select due.id, due.session_id, row_number() over (partition by due.session_id order by due.send_at, due.id) as place
    from due
  ),
  raised as (
    update sessions s set queue_seq = s.queue_seq + many.number
    from (select session_id, count(*) as number from placed group by session_id) many
    where s.id = many.session_id
    returning s.id, s.queue_seq, s.queue_seq - many.number as before
  ),
  numbered as (
    update messages m set queue_seq = raised.before + placed.place
    from placed join raised on raised.id = placed.session_id
    where m.id = placed.id
  )
  select raised.id as session_id, raised.queue_seq from raised`;

const isDue = sql`m.status = 'queued' and m.queue_seq is null and m.send_at <= now()`;

/** How far the queue of each session reaches that got something. */
export const parsePromoted = (rows: unknown): ReadonlyMap<string, number> =>
  new Map(
    z
      .array(Row)
      .parse(rows)
      .map(({ session_id, queue_seq }) => [session_id, queue_seq]),
  );

/** For sessions whose owner does not ask: their messages keep the order for whoever comes. */
export async function promoteDueMessages({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.execute(promoteDue(sql`true`));
}
