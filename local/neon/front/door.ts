import type { IncomingMessage } from 'node:http';
import type { Backend } from '../backend.ts';
import {
  HttpError,
  readBody,
  refuseForeignSites,
  sendJson,
  startServer,
  urlOf,
} from '../../http.ts';
import type { Log } from '../../log.ts';
import type { RunningService } from '../../service-process.ts';
import { type PoolLimits, Pools } from './pools.ts';
import { answerSql, type SqlAnswer } from './sql.ts';

/** Neon takes no more either. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Opens Neon's HTTP protocol in front of a backend, on 127.0.0.1; both are closed together. */
export function openDoor(
  backend: Backend,
  port: number,
  limits: PoolLimits,
  log: Log,
): Promise<RunningService> {
  const pools = new Pools(limits, log);
  const toServer = (asked: string): string => aim(asked, backend.connectionString);
  return startServer({
    port,
    log,
    handle: async (request, response) => {
      const { status, body } = await handle(request, pools, toServer);
      sendJson(response, status, body);
    },
    refuse: (response, { status, message }) => sendJson(response, status, { message }),
    release: async (closed) => {
      await Promise.all([closed, pools.close()]);
      await backend.close();
    },
  });
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
