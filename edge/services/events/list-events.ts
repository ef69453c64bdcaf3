import { and, eq } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { PublicEvent } from '../../../shared/catalogue/events/index.ts';
import type { ServiceContext } from '../../context.ts';
import { events } from '../../db/schema/index.ts';
import { filteredSession } from '../sessions/internal.ts';
import { reachesAll, reachOf } from '../users/reach.ts';
import { readEvents } from './read-events.ts';
import { waitForEvent } from './wait-for-event.ts';

export type ListEventsInput = {
  /** `seq` of the last event that the reader has; 0 = from the first. */
  after: number;
  limit: number;
  /** Types, wildcards or aliases; null = all. */
  types: readonly string[] | null;
  /** Id or name; null = all. */
  session: string | null;
  /** How long to wait for an event when there is none; 0 = not at all. */
  waitSeconds: number;
};

/**
 * Events after a `seq`, as `readEvents` gives them: none appears later below what was read.
 * @throws AppError SESSION_NOT_FOUND; FORBIDDEN for a session that the key does not reach; CURSOR_TOO_OLD; LIMIT_EXCEEDED
 *   when too many wait
 */
export async function listEvents({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: ListEventsInput;
}): Promise<{ events: PublicEvent[]; nextCursor: string | null }> {
  const { after, limit, session, waitSeconds } = input;
  const sessionId = await idOf(ctx, session);
  const filter = {
    types: input.types === null ? null : [...input.types],
    sessionIds: sessionId === null ? null : [sessionId],
  };
  const read = () => readEvents(ctx, { ...filter, after, limit });
  let page = await read();
  if (page.events.length === 0 && waitSeconds > 0) {
    await waitForEvent(ctx, filter, page.through, waitSeconds);
    page = await read();
  }
  return {
    events: page.events,
    nextCursor: page.hasMore ? String(page.events.at(-1)?.seq ?? after) : null,
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
