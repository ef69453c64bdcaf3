import type { CommandInput } from '../../../shared/protocol/index.ts';
import type { ServiceContext } from '../../context.ts';
import { askOwner } from '../live/ask-session.ts';
import { findSession } from '../sessions/internal.ts';
import { type Addressee, readChat } from '../workspace/local-numbers.ts';
import { requireSandbox, wireIdOf } from './internal.ts';

export type ReceiveSandboxMessageInput = {
  id: string;
  from: Addressee;
  /** Null: the chat with the sender. */
  chatId: Addressee | null;
  message: Omit<CommandInput<'sandbox.messages'>, 'from' | 'chatId' | 'quotedWireId'>;
  quotedMessageId: string | null;
};

/**
 * Lets somebody in the simulated world write to the session, as if the phone had received it.
 * @throws AppError VALIDATION_ERROR for a number that cannot be read; else as `askSession`, and as `wireIdOf`
 */
export async function receiveSandboxMessage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: ReceiveSandboxMessageInput;
}): Promise<{ wireId: string }> {
  const { id, chatId, message, quotedMessageId } = input;
  const row = await findSession(ctx, id);
  requireSandbox(row);
  const from = await readChat(ctx, 'from', input.from);
  const chat = chatId === null ? {} : { chatId: await readChat(ctx, 'chatId', chatId) };
  const quoted =
    quotedMessageId === null ? {} : { quotedWireId: await wireIdOf(ctx, row, quotedMessageId) };
  return askOwner(ctx, row, 'sandbox.messages', { ...message, from, ...chat, ...quoted });
}
