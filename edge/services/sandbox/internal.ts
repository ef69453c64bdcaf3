import { and, eq } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { CommandInput, CommandName, CommandOutput } from '../../../shared/protocol/index.ts';
import type { ServiceContext } from '../../context.ts';
import { messages } from '../../db/schema/index.ts';
import { requireScope } from '../keys/require-scope.ts';
import { messageNotFound } from '../messages/refusals.ts';
import { findSession, ownerOf, type SessionRow } from '../sessions/internal.ts';

type SandboxCommand = Extract<CommandName, `sandbox.${string}`>;

/**
 * A sandbox session that the caller may drive.
 * @throws AppError SESSION_NOT_FOUND; NOT_SUPPORTED for a live session
 */
export async function findSandbox(ctx: ServiceContext, idOrName: string): Promise<SessionRow> {
  requireScope(ctx, 'sessions:write');
  const row = await findSession(ctx, idOrName);
  if (row.session.mode !== 'sandbox')
    throw new AppError(
      'NOT_SUPPORTED',
      'Only a session with mode "sandbox" has a simulated phone.',
      {
        mode: row.session.mode,
      },
    );
  return row;
}

/**
 * Sends a command to the sandbox of a session.
 * @throws AppError SESSION_NOT_READY without an owner; UNAVAILABLE when it is out of reach; what the runner refuses
 */
export async function commandSandbox<Name extends SandboxCommand>(
  ctx: ServiceContext,
  row: SessionRow,
  name: Name,
  input: CommandInput<Name>,
): Promise<CommandOutput<Name>> {
  const owner = ownerOf(row);
  if (owner === null)
    throw new AppError('SESSION_NOT_READY', 'No runner has taken the session up yet.', {
      status: row.session.status,
    });
  return ctx.runners.command(owner, name, input);
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
