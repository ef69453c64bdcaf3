import { connect, createServer, type Socket } from 'node:net';
import { z } from 'zod';

/** A TCP relay that can be cut, for partitions: while it is cut, nothing passes and no side notices. */
export type Relay = { url: string; cut(): void; mend(): void; close(): Promise<void> };

export async function startRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // Either end may vanish at any time; the other then sees the end of its stream.
    socket.on('error', () => socket.destroy());
    return socket;
  };
  const server = createServer((socket) => {
    keep(socket);
    if (isCut) return;
    const upstream = keep(connect(Number(port), hostname));
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut: () => {
      isCut = true;
      for (const socket of open) socket.unpipe();
    },
    mend: () => {
      isCut = false;
      for (const socket of open) socket.destroy();
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
