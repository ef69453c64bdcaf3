import type { RowInput, RowOutput } from '../../shared/catalogue/row.ts';
import type { SESSION_COMMANDS } from '../../shared/catalogue/session-commands.ts';
import { AppError } from '../../shared/errors.ts';
import type { Session } from '../session/session.ts';

type Table = typeof SESSION_COMMANDS;
export type SessionCommand = keyof Table;
type Handlers = {
  readonly [Name in SessionCommand]: (
    session: Session,
    input: RowInput<Table, Name>,
  ) => Promise<RowOutput<Table, Name>>;
};

/** What the session answers itself, whether an engine runs or not. */
const HANDLERS: Handlers = {
  qr: (session, { waitMs }) => session.waitForQr(waitMs),

  pairingCode: async (session, { phone, waitMs }) => {
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
  },

  restart: async (session) => {
    await session.restart('restart_requested');
    return {};
  },

  reconnect: async (session, { acceptedNumber }) => {
    await session.reconnect(acceptedNumber ?? null);
    return {};
  },

  logout: async (session) => ({ unlinked: await session.logout() }),
};

/** @throws AppError for what the session cannot do now */
export function runSessionCommand<Name extends SessionCommand>(
  name: Name,
  input: RowInput<Table, Name>,
  session: Session,
): Promise<RowOutput<Table, Name>> {
  return HANDLERS[name](session, input);
}

export function notReady({ status }: Session): AppError {
  return new AppError('SESSION_NOT_READY', `The session is ${status}.`, { status });
}
