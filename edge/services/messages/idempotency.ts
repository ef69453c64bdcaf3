import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { AppError, ERROR_CODES } from '../../../shared/errors.ts';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import type { ServiceContext } from '../../context.ts';
import { idempotency as idempotencyTable } from '../../db/schema/index.ts';
import { describeError } from '../../log/describe-error.ts';
import type { SentMessage } from './sent-message.ts';

/** A caller's Idempotency-Key: what was asked under it, and where. */
export type Idempotency = {
  key: string;
  /** operationId of the send. */
  route: string;
  /** SHA-256 of the parsed request as canonical JSON, hex. */
  bodyHash: string;
};

/** How a send is answered. `failure` is a message's own, which the first answer already told. */
export type SendAnswer =
  | { replayed: boolean; httpStatus: 200 | 202; message: SentMessage }
  | { replayed: true; failure: AppError };

const Outcome = z.union([
  z.object({ status: z.enum(MESSAGE_STATUSES), wireId: z.string().nullable() }),
  z.object({
    code: z.enum(ERROR_CODES),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
]);
type Outcome = z.infer<typeof Outcome>;

/** Columns of a row of `idempotency`, as the send statement gives them. */
export const StoredAnswer = z.object({ answer_status: z.number().nullable(), answer: z.unknown() });

/**
 * The first answer again. One that was 202 is 202 for good, with the status that the message has now; one that told how the
 * message was settled is repeated word for word. Pure.
 */
export function replayAnswer(
  message: SentMessage,
  { answer_status: httpStatus, answer }: z.infer<typeof StoredAnswer>,
): SendAnswer {
  if (httpStatus === null) return { replayed: true, httpStatus: 202, message };
  const outcome = Outcome.parse(answer);
  if ('code' in outcome) {
    const { code, message: text, details } = outcome;
    return { replayed: true, failure: new AppError(code, text, details) };
  }
  return { replayed: true, httpStatus: 200, message: { ...message, ...outcome } };
}

/** Keeps an answer that told how the message was settled. Should this be lost, a replay answers 202 with the same message. */
export async function keepAnswer(
  ctx: ServiceContext,
  messageId: string,
  settled: SentMessage | AppError,
): Promise<void> {
  const [answerStatus, answer] = recordOf(settled);
  try {
    await ctx.db
      .update(idempotencyTable)
      .set({ answerStatus, answer })
      .where(
        and(
          eq(idempotencyTable.workspaceId, ctx.workspaceId),
          eq(idempotencyTable.messageId, messageId),
        ),
      );
  } catch (error) {
    const { requestId } = ctx;
    ctx.log({ event: 'idempotent_answer_lost', requestId, messageId, ...describeError(error) });
  }
}

function recordOf(settled: SentMessage | AppError): [status: number, outcome: Outcome] {
  if (!(settled instanceof AppError))
    return [200, { status: settled.status, wireId: settled.wireId }];
  const { code, message, details } = settled;
  return [settled.status, { code, message, ...(details === undefined ? {} : { details }) }];
}
