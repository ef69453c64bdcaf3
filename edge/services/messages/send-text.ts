import type { ServiceContext } from '../../context.ts';
import { enqueue, type SentMessage } from './enqueue.ts';
import { ringDoorbell } from './ring-doorbell.ts';

export type SendTextInput = {
  session: string | null;
  chatId: string;
  text: string;
  linkPreview: boolean;
  expiresInSeconds: number;
  /** How long to wait for the message to be settled; 0 answers as soon as it is queued. */
  waitMs: number;
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
}): Promise<SentMessage> {
  const { session, chatId, text, linkPreview, expiresInSeconds, waitMs } = input;
  const content = { type: 'text' as const, text, linkPreview };
  const enqueued = await enqueue({
    ctx,
    input: { session, to: { chatId }, content, expiresInSeconds },
  });
  return ringDoorbell(ctx, enqueued, waitMs);
}
