import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { z } from 'zod';
import { AppError } from '../shared/errors.ts';
import { type Metric, METRICS_TYPE, renderMetrics } from '../shared/metrics/exposition.ts';
import { carriesToken } from '../shared/metrics/operators-token.ts';
import { DoorbellRequest } from '../shared/protocol/runner-commands.ts';
import type { SigningKeys } from '../shared/signing/keys.ts';
import { verifyRequest, type VerifiedRequest } from '../shared/signing/signed-request.ts';
import type { Clock } from './clock.ts';
import { NonceMemory } from './commands/nonce-memory.ts';
import { failed, isCommandName, runCommand } from './commands/run-command.ts';
import { StoredResults } from './commands/stored-results.ts';
import type { Log } from './log.ts';
import type { RunnerCounts } from './metrics/counts.ts';
import type { SandboxClient } from './sandbox/control-client.ts';
import type { Session } from './session/session.ts';
import type { SessionManager } from './session/session-manager.ts';
import type { Settlements } from './session/settlements.ts';
import type { Tracing } from './tracing/tracing.ts';

/** A session that was just given to this runner is here after one heartbeat. */
const ARRIVAL_WAIT_MS = 1_500;
export const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

type ServerDeps = {
  runnerId: string;
  bootId: string;
  keys: SigningKeys;
  sessions: SessionManager;
  settlements: Settlements;
  sandbox: SandboxClient | null;
  tracing: Tracing;
  heartbeatNow: () => void;
  /** What `/metrics` shows to whoever has the token; null: there is no such route. */
  metrics: { token: string; read: () => Metric[] } | null;
  counts: Pick<RunnerCounts, 'commands'>;
  clock: Clock;
  log: Log;
};

/** A body that is text is Prometheus'; anything else goes as JSON. */
type Answer = { status: number; body: unknown };

const SESSION_ROUTE = /^\/v1\/sessions\/([^/]+)\/(?:(doorbell)|commands\/([^/]+))$/;

/** The runner's door: signed commands of the edge, an open `/health`, and `/metrics` by token. Not listening yet. */
export function createRunnerServer(deps: ServerDeps): Server {
  const { clock, log } = deps;
  const nonces = new NonceMemory(() => Math.floor(clock.now() / 1000));
  const results = new StoredResults(clock);

  async function answer(request: IncomingMessage): Promise<Answer> {
    const url = URL.parse(request.url ?? '/', 'http://runner');
    if (url === null) throw new AppError('NOT_FOUND');
    if (url.pathname === '/health') return health(deps);
    if (url.pathname === '/metrics') return showMetrics(deps, request);
    const route = SESSION_ROUTE.exec(url.pathname);
    if (route === null && url.pathname !== '/v1/wake') throw new AppError('NOT_FOUND');
    if (request.method !== 'POST') throw new AppError('METHOD_NOT_ALLOWED');

    const body = await readBody(request);
    const signed = await verify(request, url, body);
    if (route === null) {
      deps.heartbeatNow();
      return { status: 200, body: { ok: true, result: {} } };
    }
    const [, sessionId = '', doorbell, command = ''] = route;
    const session = await findSession(sessionId, signed);
    const [traceparent] = request.headersDistinct['traceparent'] ?? [];
    const call = { traceparent, name: `runner ${doorbell ?? command}`, sessionId };
    return deps.tracing.command(call, () => serveSession(session, route, body, signed));
  }

  async function serveSession(
    session: Session,
    [, sessionId = '', doorbell, command = '']: RegExpExecArray,
    body: string,
    signed: VerifiedRequest,
  ): Promise<Answer> {
    if (doorbell !== undefined) return ring(session, body);
    if (!isCommandName(command))
      throw new AppError('NOT_SUPPORTED', `This runner knows no command ${command}.`);
    const input = parseJson(body);
    const result = results.once(signed.commandId, { sessionId, name: command, body }, () =>
      runCommand(session, { name: command, commandId: signed.commandId }, input, deps),
    );
    if (result === null)
      throw new AppError('CONFLICT', 'This command id was used for another command.');
    return result;
  }

  async function verify(
    request: IncomingMessage,
    url: URL,
    body: string,
  ): Promise<VerifiedRequest> {
    const verified = await verifyRequest({
      request: { method: request.method ?? '', url: url.href, headers: headersOf(request) },
      body,
      keys: deps.keys,
      audience: `${deps.runnerId}/${deps.bootId}`,
      rememberNonce: (nonce, expires) => nonces.remember(nonce, expires),
      now: Math.floor(clock.now() / 1000),
    });
    if (verified.ok) return verified.request;
    throw new AppError('UNAUTHORIZED', 'The request is not properly signed.', {
      reason: verified.reason,
    });
  }

  /** Nothing gets further than here with another epoch than the session's own. */
  async function findSession(sessionId: string, signed: VerifiedRequest): Promise<Session> {
    if (signed.session !== sessionId)
      throw new AppError('UNAUTHORIZED', 'The signature is for another session.', {
        reason: 'wrong_session',
      });
    const session = deps.sessions.get(sessionId) ?? (await awaitSession(sessionId));
    if (session === undefined)
      throw new AppError('SESSION_NOT_FOUND', 'This runner does not hold that session.');
    const { epoch } = session.assignment;
    if (signed.epoch === epoch) return session;
    if (signed.epoch !== undefined && signed.epoch > epoch) deps.heartbeatNow();
    throw new AppError('CONFLICT', 'This runner holds the session under another epoch.', { epoch });
  }

  function awaitSession(sessionId: string): Promise<Session | undefined> {
    const arrival = deps.sessions.arrival(sessionId, ARRIVAL_WAIT_MS);
    deps.heartbeatNow();
    return arrival;
  }

  async function ring(session: Session, body: string): Promise<Answer> {
    const { queueSeq, waitFor } = parse(DoorbellRequest, body);
    session.ring(queueSeq, true);
    const settled =
      waitFor === undefined
        ? null
        : await deps.settlements.wait(waitFor.messageId, waitFor.waitMs, clock);
    return { status: 200, body: { settled } };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      write(response, await answer(request));
    } catch (error) {
      const refusal = error instanceof AppError ? error : new AppError('INTERNAL');
      if (refusal !== error) log.error('request.failed', { path: request.url, error });
      else
        log.warn('request.refused', { path: request.url, code: refusal.code, ...refusal.details });
      write(response, failed(refusal));
    }
  }

  return createServer(
    { requestTimeout: 30_000 },
    (request, response) => void serve(request, response),
  );
}

function health({ runnerId, bootId, sessions }: ServerDeps): Answer {
  return { status: 200, body: { runnerId, bootId, sessions: sessions.size } };
}

async function showMetrics({ metrics }: ServerDeps, request: IncomingMessage): Promise<Answer> {
  if (metrics === null) throw new AppError('NOT_FOUND');
  if (request.method !== 'GET') throw new AppError('METHOD_NOT_ALLOWED');
  if (!(await carriesToken(request.headers.authorization, metrics.token)))
    throw new AppError('UNAUTHORIZED', 'Send METRICS_TOKEN as a bearer token.');
  return { status: 200, body: renderMetrics(metrics.read()) };
}

function write(response: ServerResponse, { status, body }: Answer): void {
  if (response.destroyed) return;
  const isText = typeof body === 'string';
  const text = isText ? body : JSON.stringify(body);
  // A connection whose body was not read to its end cannot be used again.
  const close = status === 413 ? { connection: 'close' } : {};
  response.writeHead(status, {
    'content-type': isText ? METRICS_TYPE : 'application/json',
    ...close,
  });
  response.end(text);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: Buffer = chunk;
    size += bytes.length;
    if (size > BODY_LIMIT_BYTES)
      throw new AppError('PAYLOAD_TOO_LARGE', `The body is larger than ${BODY_LIMIT_BYTES} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(request.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  return headers;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AppError('MALFORMED_JSON');
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, body: string): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  throw new AppError('VALIDATION_ERROR', undefined, {
    issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  });
}
