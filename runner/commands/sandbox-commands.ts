import { createHash } from 'node:crypto';
import type { RowInput, RowOutput } from '../../shared/catalogue/row.ts';
import type { SANDBOX_COMMANDS } from '../../shared/catalogue/sandbox-commands.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { SandboxRefusal, type SandboxClient } from '../sandbox/control-client.ts';
import type { Session } from '../session/session.ts';

type Table = typeof SANDBOX_COMMANDS;
export type SandboxCommand = keyof Table;

type Handlers = {
  [Name in SandboxCommand]: (
    sandbox: SandboxClient,
    session: Session,
    input: RowInput<Table, Name>,
  ) => Promise<RowOutput<Table, Name>>;
};

/** How long `sandbox.scan` waits for a code to scan. */
const QR_WAIT_MS = 20_000;

/** The number of a sandbox session's phone unless the scan names one: `1555` and 7 digits made from the session's id. */
export function defaultPhone(sessionId: string): string {
  const digest = createHash('sha256').update(sessionId).digest();
  return `1555${String(digest.readUInt32BE(0) % 10_000_000).padStart(7, '0')}`;
}

/** The phone in the user's hand and the people who write to it, for a session that plays in the sandbox. */
const HANDLERS: Handlers = {
  'sandbox.state': (sandbox, session) => sandbox.account(placeOf(session)),

  'sandbox.scan': async (sandbox, session, input) => {
    const phone = input.phone ?? defaultPhone(session.assignment.sessionId);
    const world = session.assignment.workspaceId;
    const pushname = defined('pushname', input.name);
    if (input.pairingCode !== undefined) {
      const { account } = await sandbox.enterCode({
        world,
        code: input.pairingCode,
        phone,
        ...pushname,
      });
      return { phoneNumber: digitsOf(account) };
    }
    const code = await session.waitForQr(QR_WAIT_MS);
    if (code === null)
      throw new AppError(
        'SESSION_NOT_READY',
        `There is no QR code to scan: the session is ${session.status}.`,
      );
    const { account } = await sandbox.scan({ world, qr: code.qr, phone, ...pushname });
    return { phoneNumber: digitsOf(account) };
  },

  'sandbox.messages': async (sandbox, session, input) => {
    if (input.type === 'unknown')
      throw new AppError('VALIDATION_ERROR', 'The sandbox cannot play a message of type unknown.');
    const { text, media, location, poll, vcard } = input;
    const place =
      location && [location.name ?? '', location.address].filter((line) => line !== undefined);
    const { wireId } = await sandbox.message({
      ...placeOf(session),
      from: input.from,
      type: input.type,
      ...defined('pushname', input.name),
      ...defined('chat', input.chatId),
      ...defined(media === undefined ? 'body' : 'caption', text ?? place?.join('\n') ?? poll?.name),
      ...defined('latitude', location?.latitude),
      ...defined('longitude', location?.longitude),
      ...defined('vcard', vcard),
      ...defined('pollOptions', poll?.options),
      ...defined('pollMultiple', poll?.allowMultiple),
      ...defined('mediaBase64', media?.base64),
      ...defined('mimetype', media?.mimetype),
      ...defined('filename', media?.filename),
      ...defined('quotedWireId', input.quotedWireId),
    });
    return { wireId };
  },

  'sandbox.acks': async (sandbox, session, { wireId, ack, delaysMs }) => {
    const place = placeOf(session);
    if (delaysMs !== undefined) await sandbox.faults({ ...place, ackDelaysMs: delaysMs });
    if (wireId !== undefined && ack !== undefined) await sandbox.ack({ ...place, wireId, ack });
    return {};
  },

  'sandbox.network': async (sandbox, session, { online, forMs }) => {
    await sandbox.network({ ...placeOf(session), online, ...defined('forMs', forMs) });
    return {};
  },

  'sandbox.unlink': async (sandbox, session) => {
    await sandbox.unlink({ ...placeOf(session), mode: 'logout' });
    return {};
  },
};

/** @throws SandboxRefusal, and AppError for what the session cannot do now */
export function runSandboxCommand<Name extends SandboxCommand>(
  name: Name,
  input: RowInput<Table, Name>,
  { sandbox, session }: { sandbox: SandboxClient; session: Session },
): Promise<RowOutput<Table, Name>> {
  return HANDLERS[name](sandbox, session, input);
}

/** Where the session's phone is in the sandbox: a world per workspace, an account per number. */
function placeOf(session: Session): { world: string; account: string } {
  const { workspaceId, sessionId } = session.assignment;
  return { world: workspaceId, account: session.phoneNumber ?? defaultPhone(sessionId) };
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  UNKNOWN_ACCOUNT: 'SESSION_NOT_READY',
  NO_PAGE: 'SESSION_NOT_READY',
  QR_EXPIRED: 'SESSION_NOT_READY',
  CODE_UNKNOWN: 'SESSION_NOT_READY',
  CODE_WRONG_PHONE: 'VALIDATION_ERROR',
  UNKNOWN_MESSAGE: 'NOT_FOUND',
  UNKNOWN_GROUP: 'NOT_FOUND',
  NOT_MEMBER: 'VALIDATION_ERROR',
  BAD_PHONE: 'VALIDATION_ERROR',
  BAD_REQUEST: 'VALIDATION_ERROR',
  QR_MALFORMED: 'VALIDATION_ERROR',
};

/** A refusal by the sandbox as an error of our table. */
export function asAppError(error: unknown): unknown {
  if (!(error instanceof SandboxRefusal)) return error;
  return new AppError(CODES[error.code] ?? 'UNAVAILABLE', error.message, { sandbox: error.code });
}

function digitsOf(account: string): string {
  return account.replace(/\D/g, '');
}

function defined<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  if (value === undefined) return {};
  const entry: Partial<Record<Name, Value>> = {};
  entry[name] = value;
  return entry;
}
