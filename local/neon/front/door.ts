import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Backend } from '../backend.ts';
import {
  closeServer,
  createSafeServer,
  HttpError,
  listenOnLoopback,
  readBody,
  refuseForeignSites,
  sendJson,
  urlOf,
} from '../../http.ts';
import { type Log, reasonOf } from '../../log.ts';
import { type PoolLimits, Pools } from './pools.ts';
import { answerSql, type SqlAnswer } from './sql.ts';

/** Neon takes no more either. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** How long running queries may go on after the door was told to close. */
const CLOSE_GRACE_MS = 2_000;

export type Door = { url: string; close: () => Promise<void> };

/** Opens Neon's HTTP protocol in front of a backend, on 127.0.0.1. */
export async function openDoor(
  backend: Backend,
  port: number,
  limits: PoolLimits,
  log: Log,
): Promise<Door> {
  const pools = new Pools(limits, log);
  const toServer = (asked: string): string => aim(asked, backend.connectionString);
  const server = createSafeServer(
    async (request, response) => {
      const { status, body } = await handle(request, pools, toServer);
      sendJson(response, status, body);
    },
    (error, response) => answerError(error, response, log),
  );
  // Longer than clients keep theirs, or they would write into a connection that is being closed.
  server.keepAliveTimeout = 60_000;
  const url = await listenOnLoopback(server, port);
  return {
    url,
    close: async () => {
      await Promise.all([closeServer(server, CLOSE_GRACE_MS), pools.close()]);
    },
  };
}

/** User, password and database as asked for; host, port and everything else are the server's own. */
export function aim(asked: string, server: string): string {
  const from = new URL(asked);
  const url = new URL(server);
  url.username = from.username;
  url.password = from.password;
  url.pathname = from.pathname;
  const application = from.searchParams.get('application_name');
  if (application !== null) url.searchParams.set('application_name', application);
  return url.href;
}

async function handle(
  request: IncomingMessage,
  pools: Pools,
  toServer: (connectionString: string) => string,
): Promise<SqlAnswer> {
  const url = urlOf(request);
  refuseForeignSites(request, url);
  if (request.method !== 'POST' || url.pathname !== '/sql')
    throw new HttpError(404, 'Send queries with POST to /sql.');
  const body = await readBody(request, MAX_BODY_BYTES);
  return answerSql(body.toString(), request.headers, pools, toServer);
}

function answerError(error: unknown, response: ServerResponse, log: Log): void {
  const known = error instanceof HttpError;
  if (!known) log('error', 'sql_failed', { reason: reasonOf(error) });
  sendJson(response, known ? error.status : 500, {
    message: known ? error.message : 'internal error',
  });
}
