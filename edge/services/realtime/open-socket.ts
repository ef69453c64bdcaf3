import { eq } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { workspaces } from '../../db/schema/index.ts';
import type { NewSocket, OneTimeUse, SocketFilter } from '../../realtime/port.ts';
import { nameKey } from '../../values/name.ts';
import { startOfReading } from '../events/log-bounds.ts';
import { TIER_SOCKETS } from '../sessions/tiers.ts';
import { resolveSessions } from '../webhooks/internal.ts';
import { holderOf } from './holder.ts';

/** A person shows a credential again after this; a key is looked up for as long as it is connected. */
const PERSON_MS = 3_600_000;

export type Subscription = {
  /** Types, wildcards or aliases; null = all. */
  types: readonly string[] | null;
  /** Ids or names; null = all that the caller reaches. */
  sessions: readonly string[] | null;
};

/**
 * Opens a socket at the workspace's hub.
 * @param input.after `seq` of the last event that the client has; null = from now on
 * @returns the client's end
 * @throws AppError CURSOR_TOO_OLD; LIMIT_EXCEEDED; UNAUTHORIZED for a token that was used before
 */
export async function openSocket({
  ctx,
  input: { filter, after, token, dialect = null },
}: {
  ctx: ServiceContext;
  input: {
    filter: SocketFilter;
    after: number | null;
    token: OneTimeUse | null;
    dialect?: NewSocket['dialect'];
  };
}): Promise<WebSocket> {
  const [cursor, [workspace]] = await Promise.all([
    startOfReading(ctx, after),
    ctx.db
      .select({ tier: workspaces.tier })
      .from(workspaces)
      .where(eq(workspaces.id, ctx.workspaceId)),
  ]);
  return ctx.hubs.open({
    holder: holderOf(ctx),
    address: ctx.callerAddress ?? null,
    until: ctx.actor.type === 'user' ? ctx.now() + PERSON_MS : null,
    filter,
    cursor,
    token,
    dialect,
    limit: TIER_SOCKETS[workspace?.tier ?? 'basic'],
  });
}

/** @throws AppError SESSION_NOT_FOUND; FORBIDDEN for a session that the key does not reach */
export async function resolveFilter(
  ctx: ServiceContext,
  { types, sessions }: Subscription,
): Promise<SocketFilter> {
  const named = sessions === null ? null : sessions.map(nameKey);
  return {
    types: types === null ? null : [...types],
    sessionIds: named === null ? null : await resolveSessions(ctx, named),
  };
}
