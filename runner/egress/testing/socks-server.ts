import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

const NO_LOG_IN = 0;
const LOG_IN = 2;
const CONNECTED = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);

/**
 * A SOCKS5 server (RFC 1928) that connects every place to `targetPort` on this machine. With a log-in it lets in nobody
 * else (RFC 1929). It takes each message of a client for one read, which holds on loopback.
 */
export async function startSocksServer(options: {
  targetPort: number;
  host?: string;
  logIn?: { username: string; password: string };
}): Promise<{ port: number; close: () => void }> {
  const { targetPort, host = '127.0.0.1', logIn } = options;
  const sockets = new Set<Socket>();

  async function serve(client: Socket): Promise<void> {
    await next(client);
    client.write(Buffer.from([5, logIn === undefined ? NO_LOG_IN : LOG_IN]));
    if (logIn !== undefined) {
      const isRight = (await next(client)).equals(logInMessage(logIn));
      client.write(Buffer.from([1, isRight ? 0 : 1]));
      if (!isRight) return void client.end();
    }
    await next(client);
    const target = connect(targetPort, '127.0.0.1', () => {
      client.write(CONNECTED);
      target.pipe(client);
      client.pipe(target);
    });
    target.on('error', () => client.destroy());
    client.on('close', () => target.destroy());
  }

  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    void serve(client);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
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

const next = (client: Socket): Promise<Buffer> =>
  new Promise((resolve) => client.once('data', resolve));

function logInMessage({ username, password }: { username: string; password: string }): Buffer {
  const [name, word] = [Buffer.from(username), Buffer.from(password)];
  return Buffer.from([1, name.length, ...name, word.length, ...word]);
}
