import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import {
  EVENT_TYPES,
  type PublicEvent,
  subscribedName,
} from '../../../shared/catalogue/events/index.ts';
import type { ServiceContext } from '../../context.ts';
import { LogBounds, logBounds, requireKept } from './log-bounds.ts';
import { EventRow, toPublicEvent } from '../../events/public-event.ts';
import { holdsScope } from '../keys/require-scope.ts';
import { reachOf, SESSION_COLUMNS, withinReach } from '../users/reach.ts';

/** Which part of the log a reader asked for. */
export type EventFilter = {
  /** Types, wildcards or aliases; null = all. */
  types: readonly string[] | null;
  /** Null = all that the caller reaches. */
  sessionIds: readonly string[] | null;
};

export type EventsPage = {
  events: PublicEvent[];
  /** Whether the log has more for this reader. */
  hasMore: boolean;
  /** What the reader has read the log up to: the page's last event, or the log's when there is no more. */
  through: number;
};

/**
 * Events after a `seq`, in the order in which they were committed, as far as the caller reaches: a key pinned to a session
 * reads that one's, a test key those of sandbox sessions, a member those of the sessions that they reach. A key that may not
 * write sessions reads no code that links a phone.
 * @throws AppError CURSOR_TOO_OLD when events after that `seq` are gone
 */
export async function readEvents(
  ctx: ServiceContext,
  { after, limit, ...filter }: EventFilter & { after: number; limit: number },
): Promise<EventsPage> {
  // The end of the log first: whatever is before it, the second statement sees. Its beginning last: nothing was gone before.
  const [before, { rows }, since] = await ctx.db.batch([
    ctx.db.execute(logBounds(ctx)),
    ctx.db.execute(eventsAfter(ctx, filter, after, limit + 1)),
    ctx.db.execute(logBounds(ctx)),
  ]);
  const { last } = LogBounds.parse(before.rows[0]);
  requireKept(LogBounds.parse(since.rows[0]), after);
  const codes = holdsScope(ctx, 'sessions:write');
  const page = z.array(EventRow).parse(rows.slice(0, limit));
  const hasMore = rows.length > limit;
  return {
    events: page.map((row) => toPublicEvent(row, { workspaceId: ctx.workspaceId, codes }, ctx)),
    hasMore,
    // An event that came between the two statements is in the page already.
    through: Math.max(page.at(-1)?.seq ?? after, hasMore ? 0 : last),
  };
}

/** Each type is read from the index by itself, so that the first of a rare one is found without reading all others. */
export function eventsAfter(
  ctx: ServiceContext,
  { types, sessionIds }: EventFilter,
  after: number,
  limit: number,
): SQL {
  const wanted = EVENT_TYPES.filter((type) => types !== null && subscribedName(types, type));
  const reach = reachOf(ctx);
  // The pin holds for events of a session that is gone, too.
  const within = withinReach({ ...reach, pin: null }, SESSION_COLUMNS);
  const conditions = [
    sql`e.workspace_id = ${ctx.workspaceId} and e.seq > ${after}::bigint`,
    ...(sessionIds === null ? [] : [sql`e.session_id = any(${sql.param(sessionIds)}::text[])`]),
    ...(reach.pin === null ? [] : [sql`e.session_id = ${reach.pin}`]),
    ...(within === undefined
      ? []
      : [sql`exists (select from sessions s where s.id = e.session_id and ${within})`]),
    ...(types === null ? [] : [sql`e.type = wanted.type`]),
  ];
  const one = sql`
    select e.id, e.seq, e.session_id as "sessionId", e.type, e.occurred_at as "occurredAt", e.data,
      e.content_expired_at as "contentExpiredAt"
    from events e where ${sql.join(conditions, sql` and `)} order by e.seq limit ${limit}::int`;
  return types === null
    ? one
    : sql`select event.* from unnest(${sql.param(wanted)}::text[]) wanted(type)
        cross join lateral (${one}) event order by event.seq limit ${limit}::int`;
}
