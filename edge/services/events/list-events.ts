import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import {
  EVENT_TYPES,
  type PublicEvent,
  subscribedName,
} from '../../../shared/catalogue/events/index.ts';
import type { ServiceContext } from '../../context.ts';
import { events, sessions } from '../../db/schema/index.ts';
import { toPublicEvent } from '../../events/public-event.ts';
import { pinnedElsewhere } from '../keys/refusals.ts';
import { reachOf, withinReach } from '../users/reach.ts';

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
  const sessionId = session === null ? reach.pin : await idOf(ctx, session);
  if (reach.pin !== null && sessionId !== reach.pin) throw pinnedElsewhere();
  // The pin is `sessionId` by now, and holds for events of a session that is gone too.
  const within = withinReach({ ...reach, pin: null }, sessions);
  const wanted = EVENT_TYPES.filter((type) => types === null || subscribedName(types, type));
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
    events: page.map((row) => toPublicEvent(row)),
    nextCursor: rows.length > limit ? String(page.at(-1)?.seq ?? after) : null,
  };
}

/** A name's id; what is no name is taken as an id, since the events of a deleted session stay readable by it. */
async function idOf(ctx: ServiceContext, session: string): Promise<string> {
  const [row] = await ctx.db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.workspaceId, ctx.workspaceId), eq(sessions.name, session)));
  return row?.id ?? session;
}
