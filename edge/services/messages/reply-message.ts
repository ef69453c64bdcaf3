import type { ServiceContext } from '../../context.ts';
import { enqueue } from './enqueue.ts';
import { finishSend } from './finish-send.ts';
import type { SendAnswer } from './idempotency.ts';
import type { SendTerms } from './send-terms.ts';

export type ReplyMessageInput = SendTerms & {
  messageId: string;
  text: string;
  linkPreview: boolean;
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
}): Promise<SendAnswer> {
  const { messageId, text, linkPreview, expiresInSeconds, sendAt, idempotency } = input;
  const result = await enqueue({
    ctx,
    input: {
      session: null,
      to: { quotedMessageId: messageId },
      content: { type: 'text', text, linkPreview },
      expiresInSeconds,
      sendAt,
      idempotency,
    },
  });
  return finishSend(ctx, result, input);
}
