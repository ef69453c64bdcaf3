import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clientOf, publishAll, publishOne, startTestStack } from './testing/stack.ts';
import { TestClock } from './testing/clock.ts';
import { eventually } from './testing/receiver.ts';

const START = Date.UTC(2026, 5, 1, 12, 0, 30);

describe('with a clock moved by hand', () => {
  let clock: TestClock;
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  beforeEach(async () => {
    clock = new TestClock(START);
    stack = await startTestStack(clock);
  });
  afterEach(() => stack.close());

  /** A message with no delay published now overtakes whatever is not due, and so proves it waits. */
  const flush = async (): Promise<void> => {
    const before = stack.receiver.received.length;
    await publishOne(stack.client, { url: `${stack.receiver.url}/flush` });
    await stack.receiver.waitFor(before + 1);
  };
  const paths = (): string[] => stack.receiver.received.map((one) => one.url);

  test('not-before holds a message back until then', async () => {
    await publishOne(stack.client, {
      url: `${stack.receiver.url}/later`,
      notBefore: (START + 90_000) / 1_000,
    });
    clock.advance(89_999);
    await flush();
    expect(paths()).toEqual(['/flush']);
    clock.advance(1);
    await stack.receiver.waitFor(2);
    expect(paths()).toEqual(['/flush', '/later']);
  });

  test('a retry waits for its time too', async () => {
    stack.receiver.behaviour = ({ url }) => ({ status: url === '/fails' ? 500 : 200 });
    const { messageId } = await publishOne(stack.client, { url: `${stack.receiver.url}/fails` });
    await eventually(async () => {
      const { logs } = await stack.client.logs({ filter: { messageId } });
      return logs.find(({ state }) => state === 'RETRY');
    });
    clock.advance(9);
    await flush();
    expect(paths()).toEqual(['/fails', '/flush']);
    clock.advance(1);
    await stack.receiver.waitFor(3);
    expect(paths()).toEqual(['/fails', '/flush', '/fails']);
  });

  test('a deduplication id counts for ten minutes', async () => {
    const publish = (body: string) =>
      publishOne(stack.client, { url: stack.receiver.url, body, deduplicationId: 'delivery:1' });
    const first = await publish('a');
    await stack.receiver.waitFor(1);
    clock.advance(599_999);
    expect(await publish('b')).toEqual({
      messageId: first.messageId,
      url: stack.receiver.url,
      deduplicated: true,
    });
    clock.advance(1);
    const second = await publish('c');
    expect(second.messageId).not.toBe(first.messageId);
    const received = await stack.receiver.waitFor(2);
    expect(received.map((one) => one.body)).toEqual(['a', 'c']);
  });
});

describe('on the real clock', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  beforeEach(async () => {
    stack = await startTestStack();
  });
  afterEach(() => stack.close());

  test('a batch is taken whole and in order', async () => {
    const results = await publishAll(stack.client, [
      { url: `${stack.receiver.url}/1?a=b`, body: '{"n":1}' },
      { url: `${stack.receiver.url}/2`, deduplicationId: 'same' },
      { url: `${stack.receiver.url}/3`, deduplicationId: 'same' },
    ]);
    expect(results).toHaveLength(3);
    expect(results[2]).toMatchObject({ deduplicated: true });
    const received = await stack.receiver.waitFor(2);
    expect(received.find((got) => got.url === '/1?a=b')?.body).toBe('{"n":1}');
  });

  test('a batch with one bad message is refused whole', async () => {
    const good = { url: stack.receiver.url, deduplicationId: 'good' };
    const batch = publishAll(stack.client, [good, { url: 'ftp://nowhere.example' }]);
    await expect(batch).rejects.toMatchObject({ status: 400 });
    expect(await publishOne(stack.client, good)).not.toHaveProperty('deduplicated');
  });

  test('parallelism 1 keeps the order and one under way', async () => {
    stack.receiver.behaviour = () =>
      new Promise((resolve) => {
        setImmediate(() => resolve({ status: 200 }));
      });
    const numbers = Array.from({ length: 12 }, (_, index) => String(index));
    await publishAll(
      stack.client,
      numbers.map((body) => ({
        url: stack.receiver.url,
        body,
        flowControl: { key: 'fifo', parallelism: 1 },
      })),
    );
    const received = await stack.receiver.waitFor(12);
    expect(received.map((one) => one.body)).toEqual(numbers);
    expect(stack.receiver.mostOpen).toBe(1);
  });

  test('a key that is held up does not hold up the others', async () => {
    let release: (() => void) | undefined;
    stack.receiver.behaviour = ({ url }) =>
      url === '/slow'
        ? new Promise((resolve) => {
            release = () => resolve({ status: 200 });
          })
        : { status: 200 };
    const slow = { key: 'slow', parallelism: 1 };
    await publishAll(
      stack.client,
      Array.from({ length: 100 }, () => ({
        url: `${stack.receiver.url}/slow`,
        flowControl: slow,
      })),
    );
    await publishOne(stack.client, { url: `${stack.receiver.url}/free` });
    const received = await stack.receiver.waitFor(2);
    expect(received.map((one) => one.url)).toEqual(['/slow', '/free']);
    stack.receiver.behaviour = () => ({ status: 200 });
    release?.();
  });

  test.each<[string, string, Record<string, string>]>([
    ['a destination that is no URL', 'my-topic', {}],
    ['a scheme other than http', 'ftp://example.com', {}],
    ['not-before', 'http://example.com', { 'upstash-not-before': 'noon' }],
    ['retries', 'http://example.com', { 'upstash-retries': '-1' }],
    ['a retry delay', 'http://example.com', { 'upstash-retry-delay': 'process.exit()' }],
    ['a method', 'http://example.com', { 'upstash-method': 'TRACE' }],
    ['a callback', 'http://example.com', { 'upstash-callback': 'http://example.com' }],
    ['a delay', 'http://example.com', { 'upstash-delay': '10s' }],
    ['a rate', 'http://example.com', { 'upstash-flow-control-value': 'rate=1' }],
    ['no place at all', 'http://example.com', { 'upstash-flow-control-value': 'parallelism=0' }],
  ])('%s that is not served is a 400 that says so', async (_name, destination, headers) => {
    const good = {
      'content-type': 'application/json',
      'Upstash-Method': 'POST',
      'upstash-retries': '3',
      'upstash-retry-delay': 'pow(3, retried) * 10',
      'upstash-flow-control-key': 'k',
      'upstash-flow-control-value': 'parallelism=1',
    };
    const ask = (to: string, more: Record<string, string>) => {
      const named = Object.fromEntries(
        Object.entries({ ...good, ...more }).map(([name, value]) => [name.toLowerCase(), value]),
      );
      return fetch(`${stack.qstash.url}/v2/batch`, {
        method: 'POST',
        headers: { authorization: 'Bearer test-token' },
        body: JSON.stringify([{ destination: to, headers: named, body: '' }]),
      });
    };
    expect((await ask(stack.receiver.url, {})).status).toBe(200);
    const response = await ask(destination, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/invalid/) });
  });

  test('a wrong token is a 401 and stores nothing', async () => {
    const stranger = clientOf(stack.qstash.url, 'guess');
    await expect(publishOne(stranger, { url: stack.receiver.url })).rejects.toMatchObject({
      status: 401,
    });
    await publishOne(stack.client, { url: stack.receiver.url, body: 'mine' });
    expect((await stack.receiver.waitFor(1))[0]?.body).toBe('mine');
    expect((await stack.client.logs()).logs.filter((log) => log.state === 'CREATED')).toHaveLength(
      1,
    );
  });

  test('what is not served is a 404, a body over 10 MB a 413', async () => {
    await expect(stack.client.urlGroups.list()).rejects.toMatchObject({ status: 404 });
    const body = 'x'.repeat(12 * 1024 * 1024);
    await expect(publishOne(stack.client, { url: stack.receiver.url, body })).rejects.toMatchObject(
      {
        status: 413,
      },
    );
  });
});
