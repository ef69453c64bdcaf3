import { Receiver } from '@upstash/qstash';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startQstash } from './server.ts';
import { clientOf, publishOne, startTestStack } from './testing/stack.ts';
import { TestReceiver, eventually } from './testing/receiver.ts';

let stack: Awaited<ReturnType<typeof startTestStack>>;
beforeEach(async () => {
  stack = await startTestStack();
});
afterEach(() => stack.close());

const statesOf = async (messageId: string): Promise<string[]> => {
  const { logs } = await stack.client.logs({ filter: { messageId } });
  return logs.map((log) => log.state).toReversed();
};

/** The one message that was given up. */
const failure = () =>
  eventually(async () => (await stack.client.logs()).logs.find(({ state }) => state === 'FAILED'));

test('a message arrives with its query and a signature that the Receiver accepts', async () => {
  const url = `${stack.receiver.url}/hooks/a//b?to=x%20y&n=1`;
  const { messageId } = await publishOne(stack.client, { url, body: '{"hello":"wörld"}' });
  const [got] = await stack.receiver.waitFor(1);
  expect(got).toMatchObject({
    method: 'POST',
    url: '/hooks/a//b?to=x%20y&n=1',
    body: '{"hello":"wörld"}',
  });
  expect(got?.headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'Upstash-QStash',
    'upstash-message-id': messageId,
    'upstash-retried': '0',
  });
  if (got === undefined) throw new Error('nothing came');
  await expect(stack.verify(got, url)).resolves.toBe(true);
  await expect(stack.verify({ ...got, body: `${got.body} ` }, url)).rejects.toThrow('body hash');
  await expect(stack.verify(got, `${url}&m=2`)).rejects.toThrow('invalid subject');
});

test('after a rotation the old pair of keys still accepts, any other does not', async () => {
  const { config, receiver } = stack;
  await stack.qstash.close();
  const rotated = { ...config, currentSigningKey: config.nextSigningKey, nextSigningKey: 'sig_3' };
  const qstash = await startQstash(rotated);
  await publishOne(clientOf(qstash.url), { url: receiver.url });
  const [got] = await receiver.waitFor(1);
  await qstash.close();
  // The stack's own verifier still holds (sig_current, sig_next).
  if (got === undefined) throw new Error('nothing came');
  await expect(stack.verify(got, receiver.url)).resolves.toBe(true);
  const stranger = new Receiver({ currentSigningKey: 'a', nextSigningKey: 'b' });
  const signature = String(got.headers['upstash-signature']);
  await expect(stranger.verify({ signature, body: got.body })).rejects.toThrow('signature');
  stack.qstash.close = () => Promise.resolve();
});

test('failures are retried with a fresh signature and a count, then delivered', async () => {
  stack.receiver.behaviour = () => ({ status: stack.receiver.received.length < 3 ? 500 : 204 });
  const { messageId } = await publishOne(stack.client, { url: stack.receiver.url, retries: 5 });
  const received = await stack.receiver.waitFor(3);
  expect(received.map((one) => one.headers['upstash-retried'])).toEqual(['0', '1', '2']);
  const signatures = received.map((one) => one.headers['upstash-signature']);
  expect(new Set(signatures).size).toBe(3);
  for (const one of received) await stack.verify(one, stack.receiver.url);
  await eventually(async () => (await statesOf(messageId)).includes('DELIVERED') || undefined);
  expect(await statesOf(messageId)).toEqual(['CREATED', 'RETRY', 'RETRY', 'DELIVERED']);
});

test('a redirect is a failure and is not followed', async () => {
  stack.receiver.behaviour = ({ url }) =>
    url === '/' ? { status: 302, headers: { location: '/elsewhere' } } : { status: 200 };
  await publishOne(stack.client, { url: stack.receiver.url, retries: 0 });
  const failed = await failure();
  expect(failed.error).toBe('HTTP status 302');
  expect(stack.receiver.received).toHaveLength(1);
});

test('Retry-After decides when the next attempt comes', async () => {
  stack.receiver.behaviour = () => ({ status: 503, headers: { 'retry-after': '3600' } });
  const { messageId } = await publishOne(stack.client, { url: stack.receiver.url });
  const retry = await eventually(async () => {
    const { logs } = await stack.client.logs({ filter: { messageId } });
    return logs.find((log) => log.state === 'RETRY');
  });
  expect((retry.nextDeliveryTime ?? 0) - retry.time).toBe(3_600_000);
});

test('a receiver that is not there is an error like any other', async () => {
  const gone = await new TestReceiver().listen();
  await gone.close();
  await publishOne(stack.client, { url: gone.url, retries: 0 });
  const failed = await failure();
  expect(failed.error).toContain('ECONNREFUSED');
});
