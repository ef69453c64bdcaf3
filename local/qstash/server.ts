import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { HttpError, parseJson, readBody, sendJson, startServer, urlOf } from '../http.ts';
import { type Log, stderrLog } from '../log.ts';
import type { RunningService } from '../service-process.ts';
import { checkBearer } from '../visitors.ts';
import { type Clock, systemClock } from './clock.ts';
import { Dispatcher } from './dispatcher.ts';
import { parseBatch } from './publish-request.ts';
import { publish } from './publish.ts';
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
 * QStash on loopback: as much of upstash.com/docs/qstash as Waypost uses, for `@upstash/qstash` 2.12: `POST /v2/batch`,
 * `GET /v2/events`, `GET /v2/keys`. A message it answered for is on disk and is delivered at least once, whatever kills the
 * process.
 * @throws Error when the port is taken or another process holds the data folder
 */
export async function startQstash(
  config: QstashConfig,
  { clock = systemClock, log = stderrLog('qstash') }: { clock?: Clock; log?: Log } = {},
): Promise<RunningService> {
  const store = openStore(config.dataDir);
  const dispatcher = new Dispatcher({ store, clock, log, signingKey: config.currentSigningKey });
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    checkBearer(request, config.token);
    const { pathname, searchParams } = urlOf(request);
    switch (`${request.method} ${pathname}`) {
      case 'POST /v2/batch': {
        const body = parseJson(await readBody(request, MAX_BODY_BYTES));
        const results = publish(store, parseBatch(body, clock.now()), clock.now());
        dispatcher.wake();
        return results;
      }
      case 'GET /v2/events':
        return { events: store.events.list(searchParams.get('messageId')) };
      case 'GET /v2/keys':
        return { current: config.currentSigningKey, next: config.nextSigningKey };
      default:
        throw new HttpError(404, `${request.method} ${pathname} is not served by this QStash.`);
    }
  };
  const running = await startServer({
    port: config.port,
    log,
    handle: async (request, response) => sendJson(response, 200, await answer(request)),
    release: async (closed) => {
      await Promise.all([closed, dispatcher.stop(CLOSE_GRACE_MS)]);
      store.close();
    },
  });
  dispatcher.wake();
  return running;
}
