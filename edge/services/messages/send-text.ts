import type { ServiceContext } from '../../context.ts';
import { enqueue } from './enqueue.ts';
import { finishSend } from './finish-send.ts';
import type { SendAnswer } from './idempotency.ts';
import type { SendTerms } from './send-terms.ts';

export type SendTextInput = SendTerms & {
  session: string | null;
  chatId: string;
  text: string;
  linkPreview: boolean;
};

/**
 * Queues a text and rings its session's runner: one SQL statement, one signed POST.
 * @throws AppError for every refusal, before anything is written; with `waitMs`, also how a settled message failed
 */
export async function sendText({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: SendTextInput;
}): Promise<SendAnswer> {
  const { session, chatId, text, linkPreview, expiresInSeconds, sendAt, idempotency } = input;
  const content = { type: 'text' as const, text, linkPreview };
  const result = await enqueue({
    ctx,
    input: { session, to: { chatId }, content, expiresInSeconds, sendAt, idempotency },
  });
  return finishSend(ctx, result, input);
}
