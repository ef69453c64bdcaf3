import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { QstashConfig } from './server.ts';
import { startQstash } from './server.ts';
import { TestReceiver, eventually } from './testing/receiver.ts';
import { clientOf, publishOne, testConfig } from './testing/stack.ts';
import { end, ServiceProcesses } from '../testing/service-processes.ts';

let config: QstashConfig;
let receiver: TestReceiver;
const processes = new ServiceProcesses(new URL('./main.ts', import.meta.url));
beforeEach(async () => {
  config = await testConfig();
  receiver = await new TestReceiver().listen();
});
afterEach(async () => {
  await processes.close();
  await receiver.close();
  await rm(config.dataDir, { recursive: true });
});

test('messages that wait survive kill -9 and are delivered after a restart', async () => {
  const first = await processes.start(config);
  const client = clientOf(first.url);
  const inSeconds = (count: number): number => Math.ceil(Date.now() / 1_000) + count;
  const soon = await publishOne(client, {
    url: `${receiver.url}/soon`,
    body: 'due while it is down',
    notBefore: inSeconds(1),
  });
  const later = await publishOne(client, { url: receiver.url, notBefore: inSeconds(3_600) });
  await end(first.child, 'SIGKILL');
  expect(receiver.received).toHaveLength(0);

  const second = await processes.start(config);
  const [got] = await receiver.waitFor(1);
  expect(got).toMatchObject({ url: '/soon', body: 'due while it is down' });
  expect(got?.headers['upstash-message-id']).toBe(soon.messageId);
  const { logs } = await clientOf(second.url).logs({ filter: { messageId: later.messageId } });
  expect(logs.map(({ state }) => state)).toEqual(['CREATED']);
});

test('a message under way at kill -9 is sent again, with the same id', async () => {
  receiver.behaviour = () => new Promise(() => undefined);
  const first = await processes.start(config);
  const { messageId } = await publishOne(clientOf(first.url), { url: receiver.url, body: 'twice' });
  await receiver.waitFor(1);
  await end(first.child, 'SIGKILL');
  receiver.behaviour = () => ({ status: 200 });
  const second = await processes.start(config);
  const received = await receiver.waitFor(2);
  expect(received.map((one) => one.headers['upstash-message-id'])).toEqual([messageId, messageId]);
  await eventually(async () => {
    const { logs } = await clientOf(second.url).logs({ filter: { messageId } });
    return logs.some((log) => log.state === 'DELIVERED') || undefined;
  });
});

test('every message answered for before kill -9 arrives; deduplication holds across it', async () => {
  const first = await processes.start(config);
  const accepted: string[] = [];
  const publishing = (async () => {
    const client = clientOf(first.url);
    for (let n = 0; n < 10_000; n += 1) {
      await publishOne(client, { url: receiver.url, body: String(n), deduplicationId: `n:${n}` });
      accepted.push(String(n));
    }
  })().catch(() => 'cut off');
  await receiver.waitFor(40);
  await end(first.child, 'SIGKILL');
  expect(await publishing).toBe('cut off');

  const second = await processes.start(config);
  await eventually(() => {
    const arrived = new Set(receiver.received.map((one) => one.body));
    return accepted.every((body) => arrived.has(body)) || undefined;
  });
  const again = publishOne(clientOf(second.url), { url: receiver.url, deduplicationId: 'n:0' });
  expect(await again).toMatchObject({ deduplicated: true });
});

test('a second process cannot open the same folder', async () => {
  await processes.start(config);
  await expect(startQstash(config)).rejects.toThrow(/in use by another process/);
});

test('SIGTERM lets what is under way end, and exits', async () => {
  let answer: (() => void) | undefined;
  receiver.behaviour = () =>
    new Promise((resolve) => {
      answer = () => resolve({ status: 200 });
    });
  const { url, child } = await processes.start(config);
  const { messageId } = await publishOne(clientOf(url), { url: receiver.url });
  await receiver.waitFor(1);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  answer?.();
  expect(await exited).toEqual([0, null]);
  const { url: again } = await processes.start(config);
  const { logs } = await clientOf(again).logs({ filter: { messageId } });
  expect(logs[0]?.state).toBe('DELIVERED');
  expect(receiver.received).toHaveLength(1);
});
