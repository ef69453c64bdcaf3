import { and, eq } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { messages, sessions } from '../../db/schema/index.ts';
import { MESSAGE_COLUMNS, type MessageRow, openMessage } from './message-view.ts';
import { reachOf, withinReach } from '../users/reach.ts';

/** A message within the caller's reach, or undefined. */
export async function findMessage(
  ctx: ServiceContext,
  id: string,
): Promise<MessageRow | undefined> {
  const [row] = await ctx.db
    .select(MESSAGE_COLUMNS)
    .from(messages)
    .innerJoin(sessions, eq(sessions.id, messages.sessionId))
    .where(
      and(
        eq(messages.workspaceId, ctx.workspaceId),
        eq(messages.id, id),
        withinReach(reachOf(ctx), sessions),
      ),
    );
  return row && openMessage(ctx, row);
}
