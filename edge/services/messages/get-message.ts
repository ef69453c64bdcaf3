import { and, eq } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { messages, sessions } from '../../db/schema/index.ts';
import { requireScope } from '../keys/require-scope.ts';
import { reachOf, withinReach } from '../users/reach.ts';
import { type MessageView, viewMessage } from './message-view.ts';
import { messageNotFound } from './refusals.ts';

/** @throws AppError NOT_FOUND, also for another workspace's message and one of a session beyond the caller's reach */
export async function getMessage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<MessageView> {
  requireScope(ctx, 'messages:read');
  const [row] = await ctx.db
    .select({ message: messages })
    .from(messages)
    .innerJoin(sessions, eq(sessions.id, messages.sessionId))
    .where(
      and(
        eq(messages.workspaceId, ctx.workspaceId),
        eq(messages.id, input.id),
        withinReach(reachOf(ctx), sessions),
      ),
    );
  if (row === undefined) throw messageNotFound();
  return viewMessage(row.message);
}
