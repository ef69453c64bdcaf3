import { and, eq } from 'drizzle-orm';
import { AppError, ERRORS } from '../../../shared/errors.ts';
import type { MessageStatus } from '../../../shared/message-status.ts';
import { DoorbellResponse } from '../../../shared/protocol/index.ts';
import type { ServiceContext } from '../../context.ts';
import { messages } from '../../db/schema/index.ts';
import { describeError } from '../../log/describe-error.ts';
import type { SessionAddress } from '../../runners/port.ts';
import type { Enqueued } from './enqueue.ts';
import type { SentMessage } from './sent-message.ts';

/**
 * Tells the owner that there is work. The row is committed, so that nothing here can make the send fail: an unreachable
 * runner finds the message in the queue. With `waitMs` 0 the call goes on after the answer. A wait that ends without the
 * runner's word reads what is on record.
 * @returns the message with its status as far as it is known
 * @throws AppError the message's own failure, when it was settled as failed within the wait
 */
export async function ringDoorbell(
  ctx: ServiceContext,
  { message, owner }: Enqueued,
  waitMs: number,
): Promise<SentMessage> {
  const { queueSeq } = message;
  if (owner === null || queueSeq === null) return message;
  if (waitMs === 0) {
    ctx.waitUntil(ring(ctx, owner, { queueSeq }));
    return message;
  }
  const waitFor = { messageId: message.id, waitMs };
  const answer = await ring(ctx, owner, { queueSeq, waitFor });
  const end = answer?.settled ?? (await onRecord(ctx, message.id));
  return {
    ...message,
    status: statusOfSettled(message.id, end),
    wireId: end?.wireId ?? null,
  };
}

/** A message that its runner did not settle in time: it may have been cancelled, or have expired elsewhere. */
async function onRecord(
  ctx: ServiceContext,
  messageId: string,
): Promise<DoorbellResponse['settled']> {
  try {
    const [row] = await ctx.db
      .select({ status: messages.status, wireId: messages.wireId, error: messages.error })
      .from(messages)
      .where(and(eq(messages.workspaceId, ctx.workspaceId), eq(messages.id, messageId)));
    return DoorbellResponse.shape.settled.parse(row ?? null);
  } catch (error) {
    const { requestId } = ctx;
    ctx.log({ event: 'wait_not_read', requestId, messageId, ...describeError(error) });
    return null;
  }
}

async function ring(
  ctx: ServiceContext,
  address: SessionAddress,
  request: Parameters<ServiceContext['runners']['doorbell']>[1],
): Promise<DoorbellResponse | null> {
  try {
    return await ctx.runners.doorbell(address, request);
  } catch (error) {
    const { requestId } = ctx;
    const { sessionId, runnerId } = address;
    ctx.log({
      event: 'doorbell_failed',
      requestId,
      sessionId,
      runnerId,
      ...describeError(error),
    });
    return null;
  }
}

/** What the runner said of the message, as a status to answer with or an error to throw. Pure. */
export function statusOfSettled(
  messageId: string,
  settled: DoorbellResponse['settled'],
): MessageStatus {
  if (settled === null) return 'queued';
  if (settled.status !== 'failed') return settled.status;
  const { code, message } = settled.error ?? {
    code: 'MESSAGE_FAILED' as const,
    message: ERRORS.MESSAGE_FAILED.message,
  };
  // A committed message is never answered with a 5xx: a client would send it again.
  if (ERRORS[code].status >= 500)
    throw new AppError('MESSAGE_FAILED', undefined, { messageId, reason: code });
  throw new AppError(code, message, { messageId });
}
