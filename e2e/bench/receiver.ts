import { createServer } from 'node:http';

export type Receiver = {
  host: string;
  url: string;
  /** Webhooks of this type received so far; each event counts once. */
  count: (type: string) => number;
  /** When a received message with this text came in first, on `performance.now()`. */
  receivedAt: (text: string) => number | undefined;
  /** Requests so far, and when the last one came in, on `performance.now()`. */
  traffic: () => { requests: number; lastAt: number };
  close: () => Promise<void>;
};

/** The text of a message that a Waypost webhook reports as received. */
const textOfReceived = (body: string): string | undefined =>
  /"type":"message\.received"/.test(body) ? /"text":"([^"]*)"/.exec(body)?.[1] : undefined;

/**
 * Somebody's endpoint: answers 200 at once and counts.
 * @param textOf the text of the received message that a webhook's body reports, undefined for any other
 */
export async function startReceiver(
  textOf: (body: string) => string | undefined = textOfReceived,
): Promise<Receiver> {
  const idsByType = new Map<string, Set<string>>();
  const arrivals = new Map<string, number>();
  const traffic = { requests: 0, lastAt: 0 };
  const server = createServer((request, response) => {
    let body = '';
    const at = performance.now();
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    request.on('end', () => {
      traffic.requests += 1;
      traffic.lastAt = at;
      const type = /"type":"([\w.]+)"/.exec(body)?.[1] ?? '';
      const ids = idsByType.get(type) ?? new Set();
      idsByType.set(type, ids.add(String(request.headers['webhook-id'])));
      const text = textOf(body);
      if (text !== undefined && !arrivals.has(text)) arrivals.set(text, at);
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const host = `127.0.0.1:${port}`;
  return {
    host,
    url: `http://${host}/`,
    count: (type) => idsByType.get(type)?.size ?? 0,
    receivedAt: (text) => arrivals.get(text),
    traffic: () => ({ ...traffic }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
