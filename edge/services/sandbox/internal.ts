import { and, eq } from 'drizzle-orm';
import { SANDBOX_COMMANDS } from '../../../shared/catalogue/sandbox-commands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { messages } from '../../db/schema/index.ts';
import { messageNotFound } from '../messages/refusals.ts';
import type { SessionRow } from '../sessions/internal.ts';

export type SandboxCommand = keyof typeof SANDBOX_COMMANDS;

export const isSandboxCommand = (name: string): name is SandboxCommand =>
  Object.hasOwn(SANDBOX_COMMANDS, name);

/** @throws AppError NOT_SUPPORTED for a live session */
export function requireSandbox({ session: { mode } }: SessionRow): void {
  if (mode !== 'sandbox')
    throw new AppError(
      'NOT_SUPPORTED',
      'Only a session with mode "sandbox" has a simulated phone.',
      { mode },
    );
}

/**
 * The wire id of one of the session's messages.
 * @throws AppError NOT_FOUND for another session's message, CONFLICT for one that is not on the wire yet
 */
export async function wireIdOf(
  ctx: ServiceContext,
  row: SessionRow,
  messageId: string,
): Promise<string> {
  const [message] = await ctx.db
    .select({ wireId: messages.wireId })
    .from(messages)
    .where(
      and(
        eq(messages.workspaceId, ctx.workspaceId),
        eq(messages.sessionId, row.session.id),
        eq(messages.id, messageId),
      ),
    );
  if (message === undefined) throw messageNotFound();
  if (message.wireId === null)
    throw new AppError('CONFLICT', 'The message has not been sent yet.', { field: 'messageId' });
  return message.wireId;
}
