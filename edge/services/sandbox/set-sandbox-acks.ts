import type { CommandInput } from '../../../shared/protocol/index.ts';
import type { ServiceContext } from '../../context.ts';
import { askOwner } from '../live/ask-session.ts';
import { findSession } from '../sessions/internal.ts';
import { requireSandbox, wireIdOf } from './internal.ts';

export type SetSandboxAcksInput = {
  id: string;
  /** Acks one message now; otherwise `delaysMs` sets how later sends are acked. */
  messageId: string | null;
  ack: number | null;
  delaysMs: CommandInput<'sandbox.acks'>['delaysMs'] | null;
};

/** Lets the simulated WhatsApp acknowledge a message, or says when it will acknowledge later ones. */
export async function setSandboxAcks({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: SetSandboxAcksInput;
}): Promise<Record<string, never>> {
  const { id, messageId, ack, delaysMs } = input;
  const row = await findSession(ctx, id);
  requireSandbox(row);
  await askOwner(ctx, row, 'sandbox.acks', {
    ...(messageId === null ? {} : { wireId: await wireIdOf(ctx, row, messageId) }),
    ...(ack === null ? {} : { ack }),
    ...(delaysMs === null ? {} : { delaysMs }),
  });
  return {};
}
