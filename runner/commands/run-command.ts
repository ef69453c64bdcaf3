import type { z } from 'zod';
import { LIVE_OPERATIONS, type LiveOperation } from '../../shared/catalogue/live-operations.ts';
import { SANDBOX_COMMANDS } from '../../shared/catalogue/sandbox-commands.ts';
import { AppError, ERRORS } from '../../shared/errors.ts';
import { COMMANDS, type CommandName } from '../../shared/protocol/runner-commands.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { RunnerCounts } from '../metrics/counts.ts';
import type { SandboxClient } from '../sandbox/control-client.ts';
import type { Session } from '../session/session.ts';
import { asAppError, runSandboxCommand, type SandboxCommand } from './sandbox-commands.ts';
import { notReady, runSessionCommand } from './session-commands.ts';
import type { CommandResult } from './stored-results.ts';

export type CommandDeps = {
  sandbox: SandboxClient | null;
  clock: Pick<Clock, 'monotonic'>;
  counts: Pick<RunnerCounts, 'commands'>;
  log: Log;
};

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** Runs one command on a session, and writes one line about it. Never rejects: what goes wrong is an error of the shared table. */
export async function runCommand(
  session: Session,
  { name, commandId }: { name: CommandName; commandId: string },
  input: unknown,
  deps: CommandDeps,
): Promise<CommandResult> {
  const { sessionId, epoch } = session.assignment;
  const { clock, counts, log } = deps;
  const startedAt = clock.monotonic();
  const entry = () => ({
    sessionId,
    epoch,
    command: name,
    commandId,
    durationMs: Math.round(clock.monotonic() - startedAt),
  });
  try {
    const result = await perform(session, name, input, deps);
    counts.commands.done += 1;
    log.info('command', { ...entry(), outcome: 'done' });
    return { status: 200, body: { ok: true, result } };
  } catch (error) {
    const refusal = asAppError(error);
    counts.commands.failed += 1;
    log.warn('command', { ...entry(), outcome: 'failed', error: refusal });
    if (refusal instanceof AppError) return failed(refusal);
    return failed(noAnswer(name));
  }
}

/** The engine broke or took too long: its own words are for the log alone. */
const noAnswer = (name: CommandName): AppError =>
  COMMANDS[name].repeatable
    ? new AppError('UNAVAILABLE', 'WhatsApp Web did not answer; try again shortly.')
    : new AppError(
        'UNAVAILABLE',
        'WhatsApp Web did not answer. The request may have been carried out all the same: check before you repeat it.',
        { outcome: 'unknown' },
      );

/** An error as the other side gets it: code, sentence, facts; never a stack. */
export function failed(error: AppError): CommandResult {
  const { code, message, details } = error;
  return {
    status: ERRORS[code].status,
    body: { ok: false, error: { code, message, ...(details === undefined ? {} : { details }) } },
  };
}

async function perform(
  session: Session,
  name: CommandName,
  input: unknown,
  deps: CommandDeps,
): Promise<unknown> {
  if (isSandboxCommand(name)) return inSandbox(session, name, input, deps);
  if (isLiveOperation(name)) return engineFor(session, name).ask(name, parse(name, input));
  return runSessionCommand(name, parse(name, input), session);
}

const isSandboxCommand = (name: CommandName): name is SandboxCommand =>
  Object.hasOwn(SANDBOX_COMMANDS, name);

const isLiveOperation = (name: CommandName): name is LiveOperation =>
  Object.hasOwn(LIVE_OPERATIONS, name);

/** @throws AppError SESSION_NOT_READY where the session is not what the operation needs */
function engineFor(session: Session, name: LiveOperation): NonNullable<Session['engine']> {
  const { engine } = session;
  const isOffline = LIVE_OPERATIONS[name].needs === 'online' && session.status !== 'online';
  if (engine === null || isOffline) throw notReady(session);
  return engine;
}

async function inSandbox(
  session: Session,
  name: SandboxCommand,
  input: unknown,
  { sandbox }: CommandDeps,
): Promise<unknown> {
  if (session.assignment.mode !== 'sandbox')
    throw new AppError(
      'CONFLICT',
      'This is a live session; sandbox commands work on sandbox sessions.',
    );
  if (sandbox === null)
    throw new AppError('UNAVAILABLE', 'This runner has no sandbox: SANDBOX_URL is not set.');
  return runSandboxCommand(name, parse(name, input), { sandbox, session });
}

/** The schemas of what commands take, with each one's type. */
const INPUTS: {
  [Name in CommandName]: { input: z.ZodType<z.output<(typeof COMMANDS)[Name]['input']>> };
} = COMMANDS;

function parse<Name extends CommandName>(
  name: Name,
  input: unknown,
): z.output<(typeof COMMANDS)[Name]['input']> {
  const parsed = INPUTS[name].input.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AppError('VALIDATION_ERROR', `The input of ${name} is not valid.`, {
    issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  });
}
