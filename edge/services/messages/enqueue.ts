import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { MessageStatus } from '../../../shared/message-status.ts';
import type { OutboundContent } from '../../../shared/protocol/index.ts';
import type { ServiceContext } from '../../context.ts';
import type { SessionAddress } from '../../runners/port.ts';
import { Count, Moment } from '../../db/moment.ts';
import { keyOf } from '../keys/require-scope.ts';
import { REFUSALS, refusalError } from './refusals.ts';
import { type NewMedia, sendStatement } from './send-statement.ts';

export const DEFAULT_EXPIRY_SECONDS = 3600;

export type EnqueueInput = {
  session: string | null;
  to: { chatId: string } | { quotedMessageId: string };
  content: OutboundContent;
  media?: NewMedia;
  expiresInSeconds: number;
};

/** `owner` is null while nobody has taken the session up: whoever does reads the queue's length with it. */
export type Enqueued = { message: SentMessage; owner: SessionAddress | null };

export type SentMessage = {
  id: string;
  status: MessageStatus;
  sessionId: string;
  sessionName: string;
  chatId: string;
  type: OutboundContent['type'];
  queueSeq: number;
  quotedMessageId: string | null;
  /** Known once the message is settled. */
  wireId: string | null;
  createdAt: string;
  expiresAt: string;
};

const Verdict = z.object({
  refusal: z.enum(REFUSALS).nullable(),
  session_status: z.string().nullable(),
  queue_seq: Count.nullable(),
});

const Written = z.object({
  session_id: z.string(),
  session_name: z.string(),
  epoch: Count.nullable(),
  runner_id: z.string().nullable(),
  boot_id: z.string().nullable(),
  url: z.string().nullable(),
  chat_id: z.string(),
  queue_seq: Count,
  quoted_message_id: z.string().nullable(),
  created_at: Moment,
  expires_at: Moment,
});

/**
 * Writes a message into its session's queue. The key's state and scope are checked inside the statement.
 * @throws AppError for every refusal, and then nothing was written
 */
export async function enqueue({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: EnqueueInput;
}): Promise<Enqueued> {
  const messageId = newId('message', ctx.now());
  const written = Written.parse(await execute(ctx, input, { messageId, commit: true }));
  const message: SentMessage = {
    id: messageId,
    status: 'queued',
    sessionId: written.session_id,
    sessionName: written.session_name,
    chatId: written.chat_id,
    type: input.content.type,
    queueSeq: written.queue_seq,
    quotedMessageId: written.quoted_message_id,
    wireId: null,
    createdAt: written.created_at.toISOString(),
    expiresAt: written.expires_at.toISOString(),
  };
  const { epoch, runner_id: runnerId, boot_id: bootId, url } = written;
  if (epoch === null || runnerId === null || bootId === null || url === null)
    return { message, owner: null };
  return { message, owner: { sessionId: message.sessionId, epoch, runnerId, bootId, url } };
}

/**
 * Says whether `enqueue` would be taken now, without writing: for work that is to be done before the send, and only then.
 * @throws AppError the refusal
 */
export async function checkEnqueue({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: EnqueueInput;
}): Promise<void> {
  await execute(ctx, input, { messageId: '', commit: false });
}

async function execute(
  ctx: ServiceContext,
  input: EnqueueInput,
  options: { messageId: string; commit: boolean },
): Promise<unknown> {
  const key = keyOf(ctx);
  const { rows } = await ctx.db.execute(
    sendStatement({
      workspaceId: ctx.workspaceId,
      key: { id: key.keyId, hash: key.keyHash },
      session: input.session,
      chatId: 'chatId' in input.to ? input.to.chatId : null,
      quotedMessageId: 'quotedMessageId' in input.to ? input.to.quotedMessageId : null,
      content: input.content,
      media: input.media ?? null,
      expiresInSeconds: input.expiresInSeconds,
      ...options,
    }),
  );
  const [row] = rows;
  const verdict = Verdict.parse(row);
  if (verdict.refusal !== null) throw refusalError(verdict.refusal, verdict.session_status);
  // Nothing spoke against it and nothing was written: the session was deleted while the statement waited for its row.
  if (options.commit && verdict.queue_seq === null) throw new AppError('SESSION_NOT_FOUND');
  return row;
}
