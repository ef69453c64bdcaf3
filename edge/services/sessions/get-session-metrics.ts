import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { SessionMetrics } from '../../../shared/protocol/leases.ts';
import type { ServiceContext } from '../../context.ts';
import { findSession } from './internal.ts';
import { freshResources } from './session-view.ts';

export type Uptime = { wantedSeconds: number; onlineSeconds: number; share: number | null };

export type SessionMetricsView = {
  sessionId: string;
  sessionName: string;
  resources: (SessionMetrics & { measuredAt: string }) | null;
  uptime: { day: Uptime; week: Uptime };
};

/**
 * What the session's processes take now, and the share of the time it was wanted online that it was. Null resources: not
 * measured within two minutes, so that nothing runs.
 * @throws AppError SESSION_NOT_FOUND
 */
export async function getSessionMetrics({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<SessionMetricsView> {
  const { session, lease } = await findSession(ctx, input.id);
  const { rows } = await ctx.db.execute(uptimeQuery(session.id));
  const { day, week } = UptimeRow.parse(rows[0]);
  return {
    sessionId: session.id,
    sessionName: session.name,
    resources: freshResources(lease, ctx.now()),
    uptime: { day: shareOf(day), week: shareOf(week) },
  };
}

const Seconds = z.object({ wanted: z.coerce.number(), online: z.coerce.number() });
const UptimeRow = z.object({ day: Seconds, week: Seconds });

function shareOf({ wanted, online }: z.infer<typeof Seconds>): Uptime {
  return {
    wantedSeconds: Math.round(wanted),
    onlineSeconds: Math.round(online),
    share: wanted < 1 ? null : Math.round((online / wanted) * 10_000) / 10_000,
  };
}

/**
 * Each state lasts until the next one in the log; the first of the week began before it. Wanted online is a linked session that nobody stopped: online,
 * reconnecting, failed, waiting for a person, or put to rest by another client; not one that waits to be linked.
 */
const uptimeQuery = (sessionId: string): SQL => sql`
  with entries as (
    (select id, status, reason, at from session_log
      where session_id = ${sessionId} and attempt is null and at >= ${weekAgo})
    union all
    (select id, status, reason, at from session_log
      where session_id = ${sessionId} and attempt is null and at < ${weekAgo}
      order by at desc, id desc limit 1)
  ),
  states as (
    select status, reason, at, coalesce(lead(at) over (order by at, id), now()) as until from entries
  ),
  spans as (
    select status = 'online' as online, at, until from states
    where status in ('online', 'reconnecting', 'failed', 'action_required')
      or (status = 'disconnected' and reason like 'conflict%')
  )
  select ${within(`1 day`)} as day, ${within(`7 days`)} as week`;

const weekAgo = sql`(now() - interval '7 days')`;

const within = (length: string): SQL => {
  const seconds = sql`greatest(0, extract(epoch from until - greatest(at, now() - ${length}::interval)))`;
  return sql`(select jsonb_build_object('wanted', coalesce(sum(${seconds}), 0),
    'online', coalesce(sum(${seconds}) filter (where online), 0)) from spans)`;
};
