import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

const NO_LOG_IN = Buffer.from([5, 0]);
const CONNECTED = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);

/** A SOCKS5 server that asks for no log-in and connects every place to `targetPort` on this machine (RFC 1928). */
export async function startSocksServer(
  targetPort: number,
): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    client.once('data', () => {
      client.write(NO_LOG_IN);
      client.once('data', () => {
        const target = connect(targetPort, '127.0.0.1', () => {
          client.write(CONNECTED);
          target.pipe(client);
          client.pipe(target);
        });
        target.on('error', () => client.destroy());
        client.on('close', () => target.destroy());
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a TCP port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
