import type { ServiceContext } from '../../context.ts';
import { findMessage } from './find-message.ts';
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
  const message = await findMessage(ctx, input.id);
  if (message === undefined) throw messageNotFound();
  return viewMessage(message);
}
