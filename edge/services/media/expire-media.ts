import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { Count, Moment } from '../../db/moment.ts';
import { nextCleanup } from './next-cleanup.ts';
import { isWaitedFor } from './remove-media.ts';

const WORKSPACES = 200;
const FILES = 1_000;

const Due = z.object({
  id: z.string(),
  time_zone: z.string(),
  cleanup_time: z.string(),
  at: Moment,
  known: Moment.nullable(),
  now: Moment,
});
const Expired = z.object({ files: Count });

/**
 * The clean-up of the workspaces whose hour has come: files that had been kept for `mediaRetentionHours` by then expire. After an
 * absence the last clean-up that was missed stands for all of them. A workspace that has more files than a run takes goes on
 * in the next one. Files that a message still needs wait for another day.
 */
export async function expireMedia({ db }: Pick<Services, 'db'>): Promise<void> {
  // The clock of the settings runs from when they were changed.
  const { rows } = await db.execute(sql`
    select w.id, w.time_zone, w.cleanup_time, coalesce(w.next_cleanup_at, w.updated_at) as at, w.next_cleanup_at as known, now() as now
    from workspaces w where w.next_cleanup_at is null or w.next_cleanup_at <= now()
    order by w.next_cleanup_at nulls first limit ${WORKSPACES}::int`);
  const cleanups = z
    .array(Due)
    .parse(rows)
    .map((row) => cleanupOf(row));
  if (cleanups.length === 0) return;
  const given = sql`jsonb_to_recordset(${JSON.stringify(cleanups)}::jsonb)
    as due(id text, at timestamptz, known timestamptz, next timestamptz)`;
  const { rows: expired } = await db.execute(sql`
    with old as (
      update media set expires_at = now() where id in (
        select f.id from ${given} join workspaces w on w.id = due.id join media f on f.workspace_id = w.id
        where f.created_at <= due.at - make_interval(hours => w.media_retention_hours)
          and (f.expires_at is null or f.expires_at > now()) and not ${isWaitedFor(sql`f.id`)}
        limit ${FILES}::int for update of f skip locked
      ) returning 1
    )
    select count(*) as files from old`);
  const [{ files } = { files: 0 }] = z.array(Expired).parse(expired);
  if (files === FILES) return;
  await db.execute(sql`
    update workspaces w set next_cleanup_at = due.next from ${given}
    where w.id = due.id and w.next_cleanup_at is not distinct from due.known`);
}

/** Longer than any time between two clean-ups. */
const TWO_DAYS_MS = 2 * 86_400_000;

/** The last clean-up that is over, if one has come since `row.at`, and the next one. However long ago that is, few are looked at. */
function cleanupOf(row: z.infer<typeof Due>) {
  const clock = { timeZone: row.time_zone, cleanupTime: row.cleanup_time };
  let at: number | null = null;
  const now = row.now.getTime();
  let next = nextCleanup(Math.max(row.at.getTime(), now - TWO_DAYS_MS), clock);
  while (next <= now) {
    at = next;
    next = nextCleanup(next + 1, clock);
  }
  const iso = (instant: number | null) => (instant === null ? null : new Date(instant));
  return { id: row.id, at: iso(at), known: row.known, next: iso(next) };
}
