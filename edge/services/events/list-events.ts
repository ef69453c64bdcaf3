import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import {
  EVENT_TYPES,
  type PublicEvent,
  subscribedName,
} from '../../../shared/catalogue/events/index.ts';
import type { ServiceContext } from '../../context.ts';
import { events, sessions } from '../../db/schema/index.ts';
import { toPublicEvent } from '../../events/public-event.ts';
import { holdsScope } from '../keys/require-scope.ts';
import { filteredSession } from '../sessions/internal.ts';
import { reachesAll, reachOf, withinReach } from '../users/reach.ts';

export type ListEventsInput = {
  /** `seq` of the last event that the reader has; 0 = from the first. */
  after: number;
  limit: number;
  /** Types, wildcards or aliases; null = all. */
  types: readonly string[] | null;
  /** Id or name; null = all. */
  session: string | null;
};

/**
 * Events after a `seq`, in the order in which they were committed: none appears later below what was read. A key pinned to
 * a session reads that one's, a test key those of sandbox sessions, a member those of the sessions that they reach.
 * A key that may not write sessions reads no code that links a phone.
 * @throws AppError SESSION_NOT_FOUND; FORBIDDEN for a session that the key does not reach
 */
export async function listEvents({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: ListEventsInput;
}): Promise<{ events: PublicEvent[]; nextCursor: string | null }> {
  const reach = reachOf(ctx);
  const { after, limit, types, session } = input;
  const sessionId = (await idOf(ctx, session)) ?? reach.pin;
  // The pin is `sessionId` by now, and holds for events of a session that is gone too.
  const within = withinReach({ ...reach, pin: null }, sessions);
  const wanted = EVENT_TYPES.filter((type) => types === null || subscribedName(types, type));
  const codes = holdsScope(ctx, 'sessions:write');
  const rows = await ctx.db
    .select()
    .from(events)
    .where(
      and(
        eq(events.workspaceId, ctx.workspaceId),
        gt(events.seq, after),
        types === null ? undefined : inArray(events.type, wanted),
        sessionId === null ? undefined : eq(events.sessionId, sessionId),
        within === undefined
          ? undefined
          : sql`exists (select 1 from ${sessions} where ${sessions.id} = ${events.sessionId} and ${within})`,
      ),
    )
    .orderBy(asc(events.seq))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  return {
    events: page.map((row) => toPublicEvent(row, { codes })),
    nextCursor: rows.length > limit ? String(page.at(-1)?.seq ?? after) : null,
  };
}

/** The events of a session that was deleted stay readable, by its id and to those who reach every session. */
async function idOf(ctx: ServiceContext, session: string | null): Promise<string | null> {
  try {
    return await filteredSession(ctx, session);
  } catch (error) {
    const isGone = error instanceof AppError && error.code === 'SESSION_NOT_FOUND';
    if (isGone && reachesAll(reachOf(ctx)) && (await hasEvents(ctx, session))) return session;
    throw error;
  }
}

async function hasEvents({ db, workspaceId }: ServiceContext, session: string | null) {
  if (session === null) return false;
  const [row] = await db
    .select({ seq: events.seq })
    .from(events)
    .where(and(eq(events.workspaceId, workspaceId), eq(events.sessionId, session)))
    .limit(1);
  return row !== undefined;
}
