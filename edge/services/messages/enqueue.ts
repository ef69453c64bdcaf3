import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { type Country, isCountry } from '../../../shared/recipient.ts';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import type { ServiceContext } from '../../context.ts';
import type { SessionAddress } from '../../runners/port.ts';
import { Count, isoOrNull, Moment } from '../../db/moment.ts';
import { violatesConstraint } from '../../db/database-errors.ts';
import { alignLimit } from '../keys/key-limit.ts';
import { auditInsert, notWritten } from '../audit/audit-row.ts';
import { chatInCountry } from '../workspace/local-numbers.ts';
import { callerCtes } from './caller.ts';
import { replayAnswer, type SendAnswer, StoredAnswer } from './idempotency.ts';
import { REFUSALS, refusalError } from './refusals.ts';
import type { ReceivedFile } from '../../media/store-media.ts';
import type { SendRequest } from './send-request.ts';
import { sendStatement, type SendStatementInput } from './send-statement.ts';
import type { SentMessage } from './sent-message.ts';
import { traceToKeep } from '../../tracing/tracer.ts';

export const DEFAULT_EXPIRY_SECONDS = 3600;

/** How far ahead a message may be sent for. */
export const MAX_AHEAD_DAYS = LIMITS.scheduleDays.limit;
const MAX_AHEAD_MS = MAX_AHEAD_DAYS * 86_400_000;

/** `replay`: the Idempotency-Key was used before, and nothing was written. */
export type EnqueueResult = { enqueued: Enqueued } | { replay: SendAnswer };

/** `owner` is null while nobody has taken the session up: whoever does reads the queue's length with it. */
export type Enqueued = { message: SentMessage; owner: SessionAddress | null };

const Verdict = z.object({
  refusal: z.enum([...REFUSALS, 'REPLAYED', 'COUNTRY_DECIDES']).nullable(),
  default_country: z
    .custom<Country>((code) => typeof code === 'string' && isCountry(code))
    .nullable(),
  session_status: z.string().nullable(),
  waits_for_capacity: z.boolean(),
  free_at: Moment.nullable(),
  retry_after_seconds: Count.nullable(),
  per_minute: z.number().nullable(),
  written: z.boolean(),
});

const Queued = z.object({
  session_id: z.string(),
  session_name: z.string(),
  reference: z.string().nullable(),
  chat_id: z.string(),
  queue_seq: Count.nullable(),
  quoted_message_id: z.string().nullable(),
  created_at: Moment,
  send_at: Moment.nullable(),
  expires_at: Moment,
});

const Written = Queued.extend({
  epoch: Count.nullable(),
  runner_id: z.string().nullable(),
  boot_id: z.string().nullable(),
  url: z.string().nullable(),
});

const Replayed = Queued.extend({
  prior_id: z.string(),
  prior_status: z.enum(MESSAGE_STATUSES),
  prior_wire_id: z.string().nullable(),
  ...StoredAnswer.shape,
});

/** A send that lost its key to another one is run again, and then finds the message of that one. */
const MAX_RUNS = 3;

/**
 * Writes a message into its session's queue. The caller's state, scope and reach are checked inside the statement.
 * @throws AppError for every refusal, and then nothing was written
 */
export async function enqueue({
  ctx,
  input,
  media = null,
}: {
  ctx: ServiceContext;
  input: SendRequest;
  /** The stored file, where the message has one. */
  media?: ReceivedFile | null;
}): Promise<EnqueueResult> {
  refuseTooFarAhead(ctx, input.sendAt);
  const id = newId('message', ctx.now());
  for (let run = 1; run <= MAX_RUNS; run += 1) {
    const { row, refusal, written } = await execute(ctx, input, {
      messageId: id,
      media,
      audit: auditOf(ctx, id),
    });
    if (refusal === 'REPLAYED') {
      notWritten(ctx);
      return { replay: replayOf(input, row) };
    }
    if (written) {
      const queued = Written.parse(row);
      const message = messageOf(input, queued, { id, status: 'queued', wireId: null });
      return { enqueued: { message, owner: ownerOf(queued) } };
    }
    // Nothing spoke against it and nothing was written: the session was deleted while the statement waited for its row.
    if (input.idempotency === null) throw new AppError('SESSION_NOT_FOUND');
  }
  throw new AppError('IDEMPOTENCY_CONFLICT');
}

/**
 * Says whether `enqueue` would be taken now, without writing: for work that is to be done before the send, and only then.
 * @returns the answer to repeat when the Idempotency-Key was used before, else null
 * @throws AppError the refusal
 */
export async function checkEnqueue({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: SendRequest;
}): Promise<SendAnswer | null> {
  refuseTooFarAhead(ctx, input.sendAt);
  const { row, refusal } = await execute(ctx, input, { messageId: '', media: null, audit: null });
  return refusal === 'REPLAYED' ? replayOf(input, row) : null;
}

export function refuseTooFarAhead(ctx: ServiceContext, sendAt: string | null): void {
  if (sendAt === null || Date.parse(sendAt) <= ctx.now() + MAX_AHEAD_MS) return;
  const message = `must be within ${MAX_AHEAD_DAYS} days from now`;
  throw new AppError('VALIDATION_ERROR', undefined, {
    fields: [{ in: 'body', field: 'sendAt', message }],
  });
}

function replayOf(input: SendRequest, row: unknown): SendAnswer {
  const replayed = Replayed.parse(row);
  const { prior_id: id, prior_status: status, prior_wire_id: wireId } = replayed;
  return replayAnswer(messageOf(input, replayed, { id, status, wireId }), replayed);
}

function messageOf(
  { said }: SendRequest,
  row: z.infer<typeof Queued>,
  own: Pick<SentMessage, 'id' | 'status' | 'wireId'>,
): SentMessage {
  return {
    id: own.id,
    status: own.status,
    sessionId: row.session_id,
    sessionName: row.session_name,
    reference: row.reference,
    chatId: row.chat_id,
    type: said.type,
    queueSeq: row.queue_seq,
    quotedMessageId: row.quoted_message_id,
    wireId: own.wireId,
    createdAt: row.created_at.toISOString(),
    sendAt: row.send_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
  };
}

function ownerOf(written: z.infer<typeof Written>): SessionAddress | null {
  const { session_id: sessionId, epoch, runner_id: runnerId, boot_id: bootId, url } = written;
  if (epoch === null || runnerId === null || bootId === null || url === null) return null;
  return { sessionId, epoch, runnerId, bootId, url };
}

type Executed = { row: unknown; refusal: 'REPLAYED' | null; written: boolean };

async function execute(
  ctx: ServiceContext,
  request: SendRequest,
  write: Pick<SendStatementInput, 'messageId' | 'media' | 'audit'>,
): Promise<Executed> {
  const { workspaceId, callerAddress: address = null, subjects, env } = ctx;
  const country = subjects.countryOf(workspaceId);
  const caller = callerCtes(ctx);
  const statement = sendStatement({
    workspaceId,
    caller,
    request,
    country,
    reserve: env,
    contactHashKey: env,
    trace: traceToKeep(ctx),
    seal: ctx.contentSeal.for(workspaceId),
    ...write,
  });
  const [row] = await runStatement(ctx, statement);
  const verdict = Verdict.parse(row);
  const { refusal, default_country, session_status: sessionStatus, written } = verdict;
  const { waits_for_capacity: waitsForCapacity, retry_after_seconds: retryAfterSeconds } = verdict;
  const freeAt = isoOrNull(verdict.free_at);
  if (refusal === 'COUNTRY_DECIDES') {
    subjects.rememberCountry(workspaceId, default_country);
    const chatId =
      request.to !== null && 'local' in request.to
        ? chatInCountry(request.to.local, default_country)
        : '';
    return execute(ctx, { ...request, to: { chatId } }, write);
  }
  if (refusal !== null && refusal !== 'REPLAYED')
    throw refusalError(refusal, {
      sessionStatus,
      waitsForCapacity,
      address,
      freeAt,
      retryAfterSeconds,
    });
  alignLimit(ctx, verdict.per_minute);
  return { row, refusal, written };
}

const auditOf = (ctx: ServiceContext, messageId: string): SQL =>
  auditInsert(ctx, {
    target: messageId,
    details: sql`jsonb_build_object('sessionId', written.session_id)`,
    from: 'written',
  });

async function runStatement(ctx: ServiceContext, statement: SQL): Promise<unknown[]> {
  try {
    return (await ctx.db.execute(statement)).rows;
  } catch (error) {
    // The session was deleted while the statement waited for its row: no message, and so no Idempotency-Key either.
    if (violatesConstraint(error, 'idempotency_message_id_messages_id_fk'))
      throw new AppError('SESSION_NOT_FOUND', undefined, undefined, { cause: error });
    throw error;
  }
}
