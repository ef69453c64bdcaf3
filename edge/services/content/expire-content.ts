import { type SQL, sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { Erased, eraseEvents, eraseMessages, WITH_CONTENT } from './erase-content.ts';

/** Rows of one statement. */
const BATCH = 1_000;
const BATCHES = 10;
/** Even where nothing is kept, those who read the feed or a socket have this long. */
const LEAST = sql`interval '10 minutes'`;

/** When the content of the workspace `w` has been kept for long enough. */
const ended = sql`now() - greatest(make_interval(days => w.content_retention_days), ${LEAST})`;

/**
 * Erases content that has been kept for `contentRetentionDays`. What is still needed stays longer: a message that is to be
 * sent or whose file is on its way, an event that an endpoint is still to get. A message for later counts from its time. A
 * run takes a portion of each, the next one takes up the rest.
 */
export async function expireContent({ db }: Pick<Services, 'db'>): Promise<void> {
  for (const statement of [eraseMessages(oldMessages), eraseEvents(oldEvents)])
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const { rows } = await db.execute(statement);
      if (Erased.parse(rows)[0].erased < BATCH) break;
    }
}

const oldMessages: SQL = sql`
  select old.id from workspaces w cross join lateral (
    select m.id from messages m
    where m.workspace_id = w.id and m.content_expired_at is null and coalesce(m.send_at, m.created_at) < ${ended}
      and m.status not in ('queued', 'sending') and m.media_pending_since is null
    limit ${BATCH}::int
  ) old limit ${BATCH}::int`;

const oldEvents: SQL = sql`
  select old.workspace_id, old.seq from workspaces w cross join lateral (
    select e.workspace_id, e.seq from events e
    where e.workspace_id = w.id and e.content_expired_at is null and e.type in (${WITH_CONTENT}) and e.created_at < ${ended}
      and not exists (
        select from deliveries d
        where d.workspace_id = e.workspace_id and d.event_seq = e.seq and d.status = 'pending'
      )
    limit ${BATCH}::int
  ) old limit ${BATCH}::int`;
