import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Backend, loopbackUrl } from '../backend.ts';
import { APP_DATABASE, SUPERUSER } from '../config.ts';
import { type Log, reasonOf } from '../../log.ts';
import { type PgliteHouse, serveClient } from './client-session.ts';
import { lockDirectory } from '../../directory-lock.ts';
import { PgliteEngine } from './engine.ts';
import { Turns } from './turns.ts';

export { hasPglite } from './engine.ts';

/**
 * PGlite under `dataDir`, serving PostgreSQL's wire protocol on a free port of 127.0.0.1.
 *
 * Differs from real PostgreSQL: everything runs one after the other in one session (SET, temporary tables and
 * names of prepared statements are shared), no COPY, LISTEN or cancelling; kill -9 loses nothing, a power cut may.
 * @throws DirectoryInUseError when another process has the directory open.
 */
export async function startPglite(
  { dataDir, password }: { dataDir: string; password: string },
  log: Log,
): Promise<Backend> {
  const unlock = lockDirectory(dataDir);
  try {
    const engine = await PgliteEngine.open(dataDir, log);
    await engine.ensureDatabase(APP_DATABASE);
    const house = { engine, turns: new Turns(), user: SUPERUSER, password };
    const wire = await listen(house, log);
    return {
      driver: 'pglite',
      connectionString: loopbackUrl(wire.port, SUPERUSER, password, APP_DATABASE),
      close: async () => {
        await wire.close();
        await house.turns.take(house);
        await engine.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function listen(
  house: PgliteHouse,
  log: Log,
): Promise<{ port: number; close: () => Promise<void> }> {
  const clients = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
    // Also while nobody reads from it: a reset must not become an uncaught exception.
    socket.on('error', (error) => log('info', 'client_lost', { reason: error.message }));
    serveClient(socket, house).catch((error: unknown) => {
      log('warn', 'client_failed', { reason: reasonOf(error) });
      socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    port: address.port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}
