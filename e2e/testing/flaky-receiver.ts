import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { seededRandom } from './random.ts';

/** Of each delivery: a receiver that never takes one proves nothing about those it does. */
const MOST_FAILURES = 3;

const Body = z.object({
  id: z.string(),
  type: z.string(),
  seq: z.number(),
  sessionId: z.string().nullable(),
  timestamp: z.iso.datetime(),
});
/** What a request said, and what it was answered; null: the connection was cut. */
export type Received = z.infer<typeof Body> & {
  endpoint: string;
  webhookId: string;
  /** Unix ms. */
  at: number;
  status: number | null;
};

export type FlakyReceiver = {
  host: string;
  /** An endpoint by its name. */
  url: (name: string) => string;
  received: readonly Received[];
  /** From now on this endpoint takes what it refused until now. */
  relent: (name: string) => void;
  close: () => Promise<void>;
};

/**
 * Somebody's endpoints, of which each request fails with this probability: by an error, or by a connection that is cut when
 * the request has been read, so that the answer is lost.
 * @param refusing names of endpoints that take nothing until they relent, and all after that
 */
export async function startFlakyReceiver(
  seed: number,
  failing: number,
  refusing: readonly string[] = [],
): Promise<FlakyReceiver> {
  const refuses = new Set(refusing);
  const random = seededRandom(seed);
  const received: Received[] = [];
  const failures = new Map<string, number>();

  const answer = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    const endpoint = decodeURI(request.url ?? '').slice(1);
    const body = Body.parse(JSON.parse(text));
    const delivery = `${endpoint} ${body.id}`;
    const failed = failures.get(delivery) ?? 0;
    const fails = !refusing.includes(endpoint) && failed < MOST_FAILURES && random.next() < failing;
    if (fails) failures.set(delivery, failed + 1);
    const refused = refuses.has(endpoint) ? 503 : 200;
    const status = fails ? random.pick([500, 502, null]) : refused;
    const webhookId = String(request.headers['webhook-id']);
    received.push({ ...body, endpoint, webhookId, at: Date.now(), status });
    if (status === null) request.socket.destroy();
    else response.writeHead(status).end();
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  return {
    host,
    url: (name) => `http://${host}/${name}`,
    received,
    relent: (name) => void refuses.delete(name),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
