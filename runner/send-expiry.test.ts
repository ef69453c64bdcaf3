import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { FakeClock } from './testing/fake-clock.ts';
import { until } from './testing/until.ts';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();
const texts = (): string[] =>
  stage()
    .wire()
    .map(({ text }) => text);

/** Object storage that answers when it is told to. */
async function slowStorage() {
  const asked: ServerResponse[] = [];
  const server = createServer((_request, response) => asked.push(response));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a TCP port has such an address.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/file`, asked };
}

it('a message expires on time while the one before it waits for its ack', async () => {
  const { edge, whatsapp } = stage();
  const session = edge.addSession();
  const clock = new FakeClock(Date.now());
  edge.queue(session, '@accepted first');
  const second = edge.queue(session, 'second', { expiresAt: clock.now() + 2_000 });
  const timing = { unsettled: { looks: 2, lookGapMs: 20, ackMs: 60_000 } };
  await stage().startHere({ clock, timing });
  await until('the first is on the wire', () => texts().length === 1);
  await clock.advance(1_999);
  expect(second.status).toBe('sending');
  await clock.advance(1);
  await until('it has expired', () => second.status === 'failed');
  expect(edge.told(session, 'message.settled').map(({ error }) => error?.code)).toEqual([
    'EXPIRED',
  ]);
  // Else the end of the runner would wait for it.
  const [wire] = stage().wire();
  const ids = { wireId: wire?.wireId ?? '', wireKey: 'key', chatId: '15550100001@c.us' };
  whatsapp.engineOf(session).emit({ type: 'fact', fact: { kind: 'message.ack', ...ids, ack: 1 } });
});

it('messages expire on time while a file is fetched, its own once it is there', async () => {
  const { edge } = stage();
  const session = edge.addSession();
  const clock = new FakeClock(Date.now());
  const storage = await slowStorage();
  const image = edge.queue(session, '', {
    content: { type: 'image', mediaId: 'med_1', mimetype: 'image/png', caption: 'late' },
    mediaUrl: storage.url,
    expiresAt: clock.now() + 1_000,
  });
  const second = edge.queue(session, 'second', { expiresAt: clock.now() + 2_000 });
  const third = edge.queue(session, 'third');
  await stage().startHere({ clock });
  await until('its file is asked for', () => storage.asked.length === 1);
  await clock.advance(2_000);
  await until('the second has expired', () => second.status === 'failed');
  expect(image.status).toBe('sending');
  storage.asked[0]?.end('file');
  expect(await edge.settled(image)).toBe('failed');
  expect(await edge.settled(third)).toBe('sent');
  expect(texts()).toEqual(['third']);
});
