import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type Count = { calls: number; units: number; bytes: number };

export type CountingDoor = {
  url: string;
  /** Calls so far, what they asked for, and bytes both ways with headers. */
  count: () => Count;
  close: () => Promise<void>;
};

/**
 * Stands in front of an HTTP service and passes everything on unchanged, so that signatures stay good.
 * @param options.unitsOf what one call asks for: statements, commands, messages; one by default
 * @param options.isCounted false for paths whose calls pass uncounted
 */
export async function openCountingDoor(
  target: string,
  options: { unitsOf?: (body: string) => number; isCounted?: (path: string) => boolean } = {},
): Promise<CountingDoor> {
  const { unitsOf = () => 1, isCounted = () => true } = options;
  const { hostname, port } = new URL(target);
  let calls = 0;
  let units = 0;
  let bytes = 0;
  const carriedBefore = new WeakMap<Socket, number>();
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, url: path = '/', headers, socket } = incoming;
    const chunks: Buffer[] = [];
    const passed = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    passed.once('error', () => outgoing.destroy());
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.pipe(passed);
    outgoing.once('finish', () => {
      // A connection carries one call after the other.
      const carried = socket.bytesRead + socket.bytesWritten;
      const ofCall = carried - (carriedBefore.get(socket) ?? 0);
      carriedBefore.set(socket, carried);
      if (!isCounted(path)) return;
      calls += 1;
      units += unitsOf(Buffer.concat(chunks).toString());
      bytes += ofCall;
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${own}`,
    count: () => ({ calls, units, bytes }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
