import type { ServiceContext } from '../../context.ts';
import { type Cursor, cutPage } from '../../db/cursor.ts';
import { type MessageFilter, messagesWhere, selectMessages } from './message-filter.ts';
import { type MessageView, viewMessage } from './message-view.ts';

/**
 * Messages of the sessions that the caller reaches, newest first.
 * @throws AppError as `messagesWhere`
 */
export async function listMessages({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { filter: MessageFilter; cursor: Cursor | null; limit: number };
}): Promise<{ messages: MessageView[]; nextCursor: string | null }> {
  const { filter, cursor, limit } = input;
  const where = await messagesWhere(ctx, filter);
  const rows = await selectMessages(ctx, where, { cursor, limit: limit + 1 });
  const { page, nextCursor } = cutPage(rows, limit, ({ createdAt: at, id }) => ({ at, id }));
  return { messages: page.map(viewMessage), nextCursor };
}
