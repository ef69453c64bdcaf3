import { and, eq, isNull, sql } from 'drizzle-orm';
import { InboundMedia } from '../../../shared/protocol/runner-reports.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { messages } from '../../db/schema/index.ts';
import { askSession } from '../live/ask-session.ts';
import { findMessage } from './find-message.ts';
import { type MessageView, viewMessage } from './message-view.ts';
import { contentExpired, messageNotFound } from './refusals.ts';

/**
 * Has the session fetch the file of a received message again. The message waits for it from before it is asked for: what comes
 * of it is reported as of any file.
 * @throws AppError NOT_FOUND; CONFLICT with `details.reason` `ready`, `no_file` or `content_expired`; what `askSession` throws
 */
export async function retryMedia({
  ctx,
  input: { id },
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ message: MessageView; sessionName: string }> {
  const message = await findMessage(ctx, id);
  if (message === undefined) throw messageNotFound();
  if (message.mediaId !== null) throw alreadyThere();
  if (message.contentExpiredAt !== null) throw contentExpired();
  const { wireId, wireKey, chatId, sessionId } = message;
  const file = InboundMedia.safeParse(Object(message.content).media);
  if (!file.success || wireId === null)
    throw new AppError('CONFLICT', 'The message has no file.', { reason: 'no_file' });

  const isWithoutFile = and(
    eq(messages.workspaceId, ctx.workspaceId),
    eq(messages.id, id),
    isNull(messages.mediaId),
  );
  const { mimetype, filename, sizeBytes } = file.data;
  const place = { chatId, reference: wireKey ?? wireId };
  const ask = { ...place, wireId, mimetype, filename, sizeBytes };
  const [waiting] = await ctx.db
    .update(messages)
    .set({ mediaPendingSince: sql`now()` })
    .where(isWithoutFile)
    .returning({ since: sql<string>`${messages.mediaPendingSince}::text` });
  if (waiting === undefined) throw alreadyThere();
  try {
    const { sessionName } = await askSession({
      ctx,
      input: { id: sessionId, name: 'downloadMedia', ask },
    });
    return { message: viewMessage((await findMessage(ctx, id)) ?? message), sessionName };
  } catch (error) {
    // Another retry may have begun since, and waits for its own file.
    const isOwn = sql`${messages.mediaPendingSince} = ${waiting.since}::timestamptz`;
    await ctx.db
      .update(messages)
      .set({ mediaPendingSince: message.mediaPendingSince })
      .where(and(isWithoutFile, isOwn));
    throw error;
  }
}

const alreadyThere = (): AppError =>
  new AppError('CONFLICT', 'The file is already there.', { reason: 'ready' });
