import type { LiveOperation } from '../../../shared/catalogue/live-operations.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  type CommandInput,
  type CommandName,
  type CommandOutput,
  COMMANDS,
} from '../../../shared/protocol/index.ts';
import type { ServiceContext } from '../../context.ts';
import type { SessionAddress } from '../../runners/port.ts';
import { notSupported, requireCapability } from './capabilities.ts';
import { isSandboxCommand, requireSandbox, type SandboxCommand } from '../sandbox/internal.ts';
import {
  findSession,
  noRunnerYet,
  ownerOf,
  requireStarted,
  type SessionRow,
} from '../sessions/internal.ts';
import { shownStatus } from '../sessions/session-view.ts';

export type Asked<Name extends CommandName> = {
  sessionId: string;
  sessionName: string;
  /** Of the owner that answered. */
  epoch: number;
  output: CommandOutput<Name>;
};

/**
 * Asks a session for one row of the catalogue: a live operation of its engine, or its simulated phone.
 * @param input.id the session's id or name; null: the key's own or the workspace's default; `ask` the row's own input
 * @throws AppError SESSION_NOT_FOUND; NOT_SUPPORTED for a live session asked for its sandbox, and with
 *   `details.capability` for what its engine or account cannot do; SESSION_NOT_READY
 *   where it is not what the row needs; UNAVAILABLE when its runner is out of reach or took longer than the row's patience;
 *   what the runner refuses
 */
export async function askSession<Name extends LiveOperation | SandboxCommand>({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string | null; name: Name; ask: CommandInput<Name> };
}): Promise<Asked<Name>> {
  const { id, name, ask } = input;
  const row = await findSession(ctx, id);
  if (isSandboxCommand(name)) {
    requireSandbox(row);
    return answered(row, await askOwner(ctx, row, name, ask));
  }
  requireCapability(row.session.engine, name);
  try {
    return answered(row, await askOwner(ctx, row, name, ask));
  } catch (error) {
    throw error instanceof AppError && error.code === 'NOT_SUPPORTED'
      ? notSupported(name, error.message)
      : error;
  }
}

const answered = <Name extends CommandName>(
  row: SessionRow,
  output: CommandOutput<Name>,
): Asked<Name> => {
  const { id: sessionId, name: sessionName } = row.session;
  return { sessionId, sessionName, epoch: row.lease?.epoch ?? 0, output };
};

/**
 * Sends a command to the runner that has the session.
 * @throws AppError SESSION_NOT_READY, UNAVAILABLE, and what the runner refuses
 */
export async function askOwner<Name extends CommandName>(
  ctx: ServiceContext,
  row: SessionRow,
  name: Name,
  ask: CommandInput<Name>,
): Promise<CommandOutput<Name>> {
  return ctx.runners.command(readyOwner(row, name), name, ask);
}

/** The runner that a command would be sent to. @throws AppError SESSION_NOT_READY, UNAVAILABLE */
export function readyOwner(row: SessionRow, name: CommandName): SessionAddress {
  requireStarted(row);
  const { status } = shownStatus(row);
  const owner = ownerOf(row);
  if (row.waitsForCapacity) throw noRunnerYet(row);
  if (COMMANDS[name].needs === 'online' && status !== 'online')
    throw new AppError('SESSION_NOT_READY', `The session is ${status}, not online.`, { status });
  if (owner === null) throw noRunnerYet(row);
  return owner;
}
