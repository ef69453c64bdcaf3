import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import type { EnqueueResult } from './enqueue.ts';
import { noteIds } from '../../log/noted.ts';
import { keepAnswer, type SendAnswer } from './idempotency.ts';
import { ringDoorbell } from './ring-doorbell.ts';
import type { SendRequest } from './send-request.ts';

/**
 * Rings for a message that was just queued, and answers: 202 while it is on its way, 200 once it is settled. A replay is
 * answered as it is: its message was rung for, and is told of at every heartbeat. A message for later is neither rung nor
 * waited for.
 * @throws AppError the message's own failure, when it was settled as failed within the wait
 */
export async function finishSend(
  ctx: ServiceContext,
  result: EnqueueResult,
  { waitMs, idempotency }: Pick<SendRequest, 'waitMs' | 'idempotency'>,
): Promise<SendAnswer> {
  if ('replay' in result) {
    ctx.noted.replayed = true;
    return result.replay;
  }
  const { enqueued } = result;
  const { message: queued } = enqueued;
  noteIds(ctx.noted, [queued.id, queued.sessionId]);
  if (queued.queueSeq === null) return { replayed: false, httpStatus: 202, message: queued };
  const keep = (settled: Parameters<typeof keepAnswer>[2]): void => {
    if (idempotency !== null) ctx.waitUntil(keepAnswer(ctx, enqueued.message.id, settled));
  };
  try {
    const message = await ringDoorbell(ctx, enqueued, waitMs);
    if (message.status === 'queued' || message.status === 'sending')
      return { replayed: false, httpStatus: 202, message };
    keep(message);
    return { replayed: false, httpStatus: 200, message };
  } catch (error) {
    if (error instanceof AppError) keep(error);
    throw error;
  }
}
