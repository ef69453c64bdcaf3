import { z } from 'zod';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { Dispatcher } from './dispatcher.ts';
import {
  answerError,
  createSafeServer,
  logToStderr,
  readBody,
  sendJson,
  serveOnLoopback,
} from '../http.ts';
import type { Log } from '../http.ts';
import { messageRoutes } from './message-routes.ts';
import { publishRoutes } from './publish-routes.ts';
import { checkBearer, dispatchRoute } from './routes.ts';
import type { Route } from './routes.ts';
import { openStore } from './store.ts';

export const qstashConfigSchema = z.object({
  port: z.number().int().min(0).max(65_535),
  /** Folder of the database; made when missing. */
  dataDir: z.string().min(1),
  token: z.string().min(1),
  /** Signs every delivery. To rotate, put the next key here and a fresh one there. */
  currentSigningKey: z.string().min(1),
  nextSigningKey: z.string().min(1),
});
export type QstashConfig = z.infer<typeof qstashConfigSchema>;

const MAX_BODY_BYTES = 10 * 1024 * 1024;
const CLOSE_GRACE_MS = 2_000;

/**
 * QStash on loopback: as much of upstash.com/docs/qstash as Waypost uses, for `@upstash/qstash` 2.12.
 * A message it answered for is on disk and is delivered at least once, whatever kills the process.
 * @throws Error when the port is taken or another process holds the data folder
 */
export async function startQstash(
  config: QstashConfig,
  { clock = systemClock, log = logToStderr }: { clock?: Clock; log?: Log } = {},
): Promise<{ url: string; close: () => Promise<void> }> {
  const store = openStore(config.dataDir);
  const dispatcher = new Dispatcher({ store, clock, log, signingKey: config.currentSigningKey });
  const deps = { store, now: clock.now, wake: () => dispatcher.wake() };
  const routes: Route[] = [
    ...publishRoutes(deps),
    ...messageRoutes(deps),
    {
      method: 'GET',
      path: '/v2/keys',
      handle: () => ({
        status: 200,
        body: { current: config.currentSigningKey, next: config.nextSigningKey },
      }),
    },
  ];
  const server = createSafeServer(async (request, response) => {
    checkBearer(request.headers.authorization, config.token);
    const { method = '', url = '', headers } = request;
    const body = await readBody(request, MAX_BODY_BYTES);
    const answer = dispatchRoute(routes, { method, url, headers, body });
    sendJson(response, answer.status, answer.body);
  }, answerError(log));

  const running = await serveOnLoopback(server, config.port, async (closed) => {
    await Promise.all([closed, dispatcher.stop(CLOSE_GRACE_MS)]);
    store.close();
  });
  dispatcher.wake();
  return running;
}
