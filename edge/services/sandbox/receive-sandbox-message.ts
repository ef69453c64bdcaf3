import type { CommandInput } from '../../../shared/protocol/index.ts';
import type { ServiceContext } from '../../context.ts';
import { askOwner } from '../live/ask-session.ts';
import { findSession } from '../sessions/internal.ts';
import { requireSandbox, wireIdOf } from './internal.ts';

export type ReceiveSandboxMessageInput = {
  id: string;
  message: Omit<CommandInput<'sandbox.messages'>, 'quotedWireId'>;
  quotedMessageId: string | null;
};

/** Lets somebody in the simulated world write to the session, as if the phone had received it. */
export async function receiveSandboxMessage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: ReceiveSandboxMessageInput;
}): Promise<{ wireId: string }> {
  const { id, message, quotedMessageId } = input;
  const row = await findSession(ctx, id);
  requireSandbox(row);
  const quoted =
    quotedMessageId === null ? {} : { quotedWireId: await wireIdOf(ctx, row, quotedMessageId) };
  return askOwner(ctx, row, 'sandbox.messages', { ...message, ...quoted });
}
