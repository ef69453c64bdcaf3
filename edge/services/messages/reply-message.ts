import type { ServiceContext } from '../../context.ts';
import { enqueue, type SentMessage } from './enqueue.ts';
import { ringDoorbell } from './ring-doorbell.ts';

export type ReplyMessageInput = {
  messageId: string;
  text: string;
  linkPreview: boolean;
  expiresInSeconds: number;
  waitMs: number;
};

/**
 * Queues a text that quotes a message, in that message's chat and from its session.
 * @throws AppError as `sendText` does; NOT_FOUND for an unknown message, CONFLICT for one that has not been sent yet
 */
export async function replyMessage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: ReplyMessageInput;
}): Promise<SentMessage> {
  const { messageId, text, linkPreview, expiresInSeconds, waitMs } = input;
  const enqueued = await enqueue({
    ctx,
    input: {
      session: null,
      to: { quotedMessageId: messageId },
      content: { type: 'text', text, linkPreview },
      expiresInSeconds,
    },
  });
  return ringDoorbell(ctx, enqueued, waitMs);
}
