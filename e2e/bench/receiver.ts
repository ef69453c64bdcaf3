import { createServer } from 'node:http';

export type Receiver = {
  host: string;
  url: string;
  /** Webhooks of this type received so far; each event counts once. */
  count: (type: string) => number;
  /** When a message with this text came in first, on `performance.now()`. */
  receivedAt: (text: string) => number | undefined;
  close: () => Promise<void>;
};

/** Somebody's endpoint: answers 200 at once and counts. */
export async function startReceiver(): Promise<Receiver> {
  const idsByType = new Map<string, Set<string>>();
  const arrivals = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = '';
    const at = performance.now();
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    request.on('end', () => {
      const type = /"type":"([\w.]+)"/.exec(body)?.[1] ?? '';
      const ids = idsByType.get(type) ?? new Set();
      idsByType.set(type, ids.add(String(request.headers['webhook-id'])));
      const text = /"text":"([^"]*)"/.exec(body)?.[1];
      if (type === 'message.received' && text !== undefined && !arrivals.has(text))
        arrivals.set(text, at);
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
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
