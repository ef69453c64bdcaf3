import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { reachesAll, reachOf, SESSION_COLUMNS, withinReach } from '../users/reach.ts';
import { MESSAGE_COUNTS, type MessageCount } from './count-messages.ts';

export const STATS_BY = ['day', 'session', 'type'] as const;
export type StatsBy = (typeof STATS_BY)[number];

export type StatsFilter = {
  /** Days of UTC, `YYYY-MM-DD`, both included. */
  from: string;
  to: string;
  sessionId: string | null;
  type: string | null;
};

export type Counts = Record<MessageCount, number>;
export type StatsRow = Counts & {
  day: string | null;
  sessionId: string | null;
  type: string | null;
};

const COLUMN: Readonly<Record<StatsBy, SQL>> = {
  day: sql`stats.day`,
  session: sql`stats.session_id`,
  type: sql`stats.type`,
};

const Row = z.record(z.enum(MESSAGE_COUNTS), Count).and(z.object({ key: z.string().nullable() }));

/** The sums of the sessions that the caller reaches, one for each day, session or type; null: one in all. */
export const statsStatement = (
  ctx: ServiceContext,
  { from, to, sessionId, type }: StatsFilter,
  by: StatsBy | null,
): SQL => {
  const reach = reachOf(ctx);
  const sums = MESSAGE_COUNTS.map(
    (name) => sql`coalesce(sum(stats.${sql.identifier(name)}), 0) as ${sql.identifier(name)}`,
  );
  return sql`
    select ${by === null ? sql`null` : COLUMN[by]}::text as key, ${sql.join(sums, sql`, `)}
    from message_stats stats
    where stats.workspace_id = ${ctx.workspaceId} and stats.day between ${from}::date and ${to}::date
      ${sessionId === null ? sql`` : sql`and stats.session_id = ${sessionId}`}
      ${type === null ? sql`` : sql`and stats.type = ${type}`}
      ${
        reachesAll(reach)
          ? sql``
          : sql`and stats.session_id in (
              select s.id from sessions s
              where s.workspace_id = ${ctx.workspaceId} and ${withinReach(reach, SESSION_COLUMNS)})`
      }
    ${by === null ? sql`` : sql`group by ${COLUMN[by]} order by ${COLUMN[by]}`}`;
};

export async function readStats(
  ctx: ServiceContext,
  filter: StatsFilter,
  by: StatsBy | null,
): Promise<StatsRow[]> {
  const { rows } = await ctx.db.execute(statsStatement(ctx, filter, by));
  return z
    .array(Row)
    .parse(rows)
    .map(({ key, ...counts }) => ({
      day: by === 'day' ? key : null,
      sessionId: by === 'session' ? key : null,
      type: by === 'type' ? key : null,
      ...counts,
    }));
}
