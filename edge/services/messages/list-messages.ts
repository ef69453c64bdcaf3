import { and, desc, eq } from 'drizzle-orm';
import type { MessageStatus } from '../../../shared/message-status.ts';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { messages, sessions } from '../../db/schema/index.ts';
import { filteredSession } from '../sessions/internal.ts';
import { reachOf, withinReach } from '../users/reach.ts';
import { MESSAGE_COLUMNS, type MessageView, viewMessage } from './message-view.ts';

export type ListMessagesInput = {
  /** Id or name. */
  session: string | null;
  direction: 'inbound' | 'outbound' | null;
  status: MessageStatus | null;
  reference: string | null;
  bulkId: string | null;
  cursor: Cursor | null;
  limit: number;
};

/**
 * Messages of the sessions that the caller reaches, newest first.
 * @throws AppError SESSION_NOT_FOUND; FORBIDDEN for a session that the key does not reach
 */
export async function listMessages({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: ListMessagesInput;
}): Promise<{ messages: MessageView[]; nextCursor: string | null }> {
  const { session, direction, status, reference, bulkId, cursor, limit } = input;
  const sessionId = await filteredSession(ctx, session);
  const rows = await ctx.db
    .select(MESSAGE_COLUMNS)
    .from(messages)
    .innerJoin(sessions, eq(sessions.id, messages.sessionId))
    .where(
      and(
        eq(messages.workspaceId, ctx.workspaceId),
        withinReach(reachOf(ctx), sessions),
        sessionId === null ? undefined : eq(messages.sessionId, sessionId),
        direction === null ? undefined : eq(messages.direction, direction),
        status === null ? undefined : eq(messages.status, status),
        reference === null ? undefined : eq(messages.reference, reference),
        bulkId === null ? undefined : eq(messages.bulkId, bulkId),
        beforeCursor(cursor, { at: messages.createdAt, id: messages.id }),
      ),
    )
    .orderBy(desc(messages.createdAt), desc(messages.id))
    .limit(limit + 1);
  const { page, nextCursor } = cutPage(rows, limit, ({ createdAt: at, id }) => ({ at, id }));
  return { messages: page.map(viewMessage), nextCursor };
}
