import { MESSAGE_KIND_NAMES } from '../../shared/catalogue/message-kinds.ts';
import { AppError } from '../../shared/errors.ts';
import type { Services } from '../context.ts';
import type { ClientFrame } from '../realtime/frames.ts';
import { mintRealtimeToken } from '../realtime/tokens.ts';
import type { SocketState } from './socket-state.ts';

type CommandFrame = Extract<ClientFrame, { type: 'command' }>;
type Route = { path: string; body?: object };

/** The routes that commands are. */
const ROUTES: Record<CommandFrame['command'], (input: CommandFrame['input']) => Route> = {
  create_session: (body) => ({ path: '/v1/sessions', body }),
  send_message: ({ kind, ...body }) => ({ path: `/v1/messages/${kindOf(kind)}`, body }),
  disconnect_session: ({ sessionId }) => ({ path: `/v1/sessions/${idOf(sessionId)}/stop` }),
};

/**
 * Does what a client asks for over its socket, as a request of the socket's holder: with the same checks, limits and audit.
 * @param fetch the Worker's own handler
 * @returns the answer's status and body
 */
export async function runCommand(
  { env, now }: Pick<Services, 'env' | 'now'>,
  fetch: (request: Request) => Promise<Response>,
  { holder, address }: SocketState,
  { command, input, idempotencyKey }: CommandFrame,
): Promise<object> {
  if (idempotencyKey !== undefined && command !== 'send_message')
    throw invalid('idempotencyKey', 'is for `send_message` alone: leave it out');
  const { path, body } = ROUTES[command](input);
  const { token } = await mintRealtimeToken(env, 'command', holder, now());
  const { CLIENT_IP_HEADER: addressHeader } = env;
  const response = await fetch(
    new Request(new URL(path, env.BASE_URL), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...(addressHeader !== undefined && address !== null && { [addressHeader]: address }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  return { status: response.status, ...Object(await response.json()) };
}

function kindOf(value: unknown): string {
  const kind = MESSAGE_KIND_NAMES.find((name) => name === value);
  if (kind !== undefined) return kind;
  throw invalid('input.kind', `must be one of ${MESSAGE_KIND_NAMES.join(', ')}`);
}

function idOf(value: unknown): string {
  if (typeof value === 'string' && !/^\.*$/.test(value)) return encodeURIComponent(value);
  throw invalid('input.sessionId', 'must be the id or name of a session');
}

const invalid = (field: string, message: string): AppError =>
  new AppError('VALIDATION_ERROR', `${field}: ${message}`, {
    fields: [{ in: 'body', field, message }],
  });
