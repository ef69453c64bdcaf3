import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import wwebjs from 'whatsapp-web.js';
import { z } from 'zod';
import { createSandboxClient } from '../../runner/sandbox/control-client.ts';

/**
 * whatsapp-web.js as its README starts it, on the same simulated page: the thing to compare with. A process of its own,
 * told what to do over IPC: `{ start: n }`, `{ send: n, atOnce: n }`, `{ stop: true }`; it answers each with `{ done, … }`.
 */
const Config = z.object({
  url: z.string(),
  token: z.string(),
  world: z.string(),
  chromium: z.string(),
});
const Order = z.union([
  z.object({ start: z.number().int() }),
  z.object({ send: z.number().int(), atOnce: z.number().int() }),
  z.object({ stop: z.literal(true) }),
]);

const config = Config.parse(JSON.parse(process.argv[2] ?? '{}'));
const phone = createSandboxClient(config);
const directory = await mkdtemp(join(tmpdir(), 'waypost-stock-'));
const clients: InstanceType<typeof wwebjs.Client>[] = [];

async function startClient(index: number): Promise<void> {
  const { profiles } = await phone.info({});
  const client = new wwebjs.Client({
    authStrategy: new wwebjs.LocalAuth({ clientId: `stock-${index}`, dataPath: directory }),
    // No cache: its default writes into the working folder. Everything else is the library's default.
    webVersionCache: { type: 'none' },
    puppeteer: {
      executablePath: config.chromium,
      args: [...profiles.stock.chromiumArgs, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    },
  });
  clients.push(client);
  const ready = new Promise<void>((resolve) => client.once('ready', resolve));
  client.once('qr', (qr) => {
    phone.scan({ world: config.world, qr, phone: `155588800${index}0` }).catch((error: unknown) => {
      throw error;
    });
  });
  await client.initialize();
  await ready;
}

async function send(count: number, atOnce: number): Promise<number> {
  const [client] = clients;
  if (client === undefined) throw new Error('no client was started');
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        next += 1;
        await client.sendMessage('15550100002@c.us', `stock ${next}`, { sendSeen: false });
      }
    }),
  );
  return performance.now() - startedAt;
}

async function stop(): Promise<void> {
  for (const client of clients) await client.destroy();
  await rm(directory, { recursive: true, force: true });
}

process.on('message', (message) => {
  const order = Order.parse(message);
  const work = async (): Promise<Record<string, unknown>> => {
    if ('start' in order) {
      while (clients.length < order.start) await startClient(clients.length);
      return {};
    }
    if ('send' in order) return { milliseconds: await send(order.send, order.atOnce) };
    await stop();
    return {};
  };
  work().then(
    (answer) => {
      process.send?.({ done: true, ...answer });
      if ('stop' in order) process.disconnect?.();
    },
    (error: unknown) => process.send?.({ done: false, error: String(error) }),
  );
});
process.send?.({ done: true });
