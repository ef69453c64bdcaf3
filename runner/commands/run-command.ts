import type { z } from 'zod';
import { AppError, ERRORS } from '../../shared/errors.ts';
import { COMMANDS, type CommandName } from '../../shared/protocol/runner-commands.ts';
import type { Log } from '../log.ts';
import type { SandboxClient } from '../sandbox/control-client.ts';
import type { Session } from '../session/session.ts';
import {
  asAppError,
  isSandboxCommand,
  runSandboxCommand,
  type SandboxCommand,
} from './sandbox-commands.ts';
import type { CommandResult } from './stored-results.ts';

export type CommandDeps = { sandbox: SandboxClient | null; log: Log };

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** Runs one command on a session. Never rejects: what goes wrong is an error of the shared table. */
export async function runCommand(
  session: Session,
  name: CommandName,
  input: unknown,
  deps: CommandDeps,
): Promise<CommandResult> {
  const { sessionId } = session.assignment;
  try {
    const result = COMMANDS[name].output.parse(await perform(session, name, input, deps));
    deps.log.info('command.done', { sessionId, command: name });
    return { status: 200, body: { ok: true, result } };
  } catch (error) {
    const refusal = asAppError(error);
    deps.log.warn('command.failed', { sessionId, command: name, error: refusal });
    if (refusal instanceof AppError) return failed(refusal);
    return failed(new AppError('UNAVAILABLE', 'WhatsApp Web did not answer; try again shortly.'));
  }
}

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
  { sandbox }: CommandDeps,
): Promise<unknown> {
  if (isSandboxCommand(name)) return inSandbox(session, name, input, sandbox);
  if (name === 'qr') return session.waitForQr(parse(name, input).waitMs);
  if (name === 'pairingCode') return pairingCode(session, parse(name, input));
  if (name === 'restart') {
    parse(name, input);
    await session.restart('restart_requested');
    return {};
  }
  if (name === 'reconnect') {
    await session.reconnect(parse(name, input).acceptNumber ?? false);
    return {};
  }
  if (name === 'logout') {
    parse(name, input);
    return { told: await session.logout() };
  }
  if (name === 'screenshot') {
    parse(name, input);
    const png = await running(session).screenshot();
    return { pngBase64: Buffer.from(png).toString('base64') };
  }
  const { chatId } = parse(name, input);
  if (session.status !== 'online') throw notReady(session);
  return running(session).isOnWhatsApp(chatId);
}

async function pairingCode(
  session: Session,
  { phone, waitMs }: { phone: string; waitMs: number },
): Promise<{ code: string; expiresAt: number }> {
  const answer = await session.pairingCode(phone, waitMs);
  if (answer === null) throw notReady(session);
  if (answer.outcome === 'already_linked')
    throw new AppError('CONFLICT', 'The session is linked: there is no code to type.', {
      status: session.status,
    });
  if (answer.outcome === 'refused')
    throw new AppError('VALIDATION_ERROR', 'WhatsApp gives no code for this number.', {
      field: 'phone',
      whatsapp: answer.message,
    });
  const { code, expiresAt } = answer;
  return { code, expiresAt };
}

async function inSandbox(
  session: Session,
  name: SandboxCommand,
  input: unknown,
  sandbox: SandboxClient | null,
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

function parse<Name extends CommandName>(
  name: Name,
  input: unknown,
): z.output<(typeof COMMANDS)[Name]['input']> {
  const parsed = COMMANDS[name].input.safeParse(input);
  if (!parsed.success)
    throw new AppError('VALIDATION_ERROR', `The input of ${name} does not fit.`, {
      issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    });
  // The table is keyed by name, which the compiler cannot follow through the union of its schemas.
  return parsed.data as z.output<(typeof COMMANDS)[Name]['input']>;
}

function running(session: Session): NonNullable<Session['engine']> {
  const { engine } = session;
  if (engine === null) throw notReady(session);
  return engine;
}

function notReady(session: Session): AppError {
  return new AppError('SESSION_NOT_READY', `The session is ${session.status}.`, {
    status: session.status,
  });
}
