import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestStack, clientOf } from './testing/stack.ts';
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
    await stack.client.publish({ url: `${stack.receiver.url}/flush`, body: '' });
    await stack.receiver.waitFor(before + 1);
  };
  const paths = (): string[] => stack.receiver.received.map((one) => one.url);

  test.each([
    ['delay', { 'upstash-delay': '90s' }],
    ['a written delay', { 'upstash-delay': '1m30s' }],
    ['not-before', { 'upstash-not-before': String((START + 90_000) / 1_000) }],
    [
      'not-before over delay',
      { 'upstash-not-before': String((START + 90_000) / 1_000), 'upstash-delay': '5s' },
    ],
  ])('%s holds a message back until then', async (_name, headers) => {
    const { messageId } = await stack.client.publish({
      url: `${stack.receiver.url}/later`,
      body: 'x',
      headers,
    });
    expect(await stack.client.messages.get(messageId)).toMatchObject({
      notBefore: START + 90_000,
      createdAt: START,
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
    const { messageId } = await stack.client.publish({
      url: `${stack.receiver.url}/fails`,
      body: 'x',
    });
    await eventually(async () => {
      const { notBefore } = await stack.client.messages.get(messageId);
      return notBefore === START ? undefined : notBefore;
    });
    clock.advance(12_000);
    await flush();
    expect(paths()).toEqual(['/fails', '/flush']);
    clock.advance(200);
    await stack.receiver.waitFor(3);
    expect(paths()).toEqual(['/fails', '/flush', '/fails']);
  });

  test('a deduplication id counts for ten minutes', async () => {
    const publish = (body: string) =>
      stack.client.publish({ url: stack.receiver.url, body, deduplicationId: 'delivery:1' });
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

  test('a rate lets so many begin per period', async () => {
    const flowControl = { key: 'k', rate: 2, period: '1m' as const };
    for (const n of [1, 2, 3, 4, 5]) {
      await stack.client.publish({
        url: `${stack.receiver.url}/${n}`,
        body: '',
        retries: 0,
        flowControl,
      });
    }
    await stack.receiver.waitFor(2);
    await flush();
    expect(paths()).toEqual(['/1', '/2', '/flush']);
    clock.advance(60_000);
    await stack.receiver.waitFor(5);
    await flush();
    expect(paths().slice(3)).toEqual(['/3', '/4', '/flush']);
    clock.advance(60_000);
    await stack.receiver.waitFor(7);
    expect(paths().at(-1)).toBe('/5');
  });
});

describe('on the real clock', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  beforeEach(async () => {
    stack = await startTestStack();
  });
  afterEach(() => stack.close());

  test('content-based deduplication tells bodies, destinations and headers apart', async () => {
    const publish = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      stack.client.publishJSON({
        url: `${stack.receiver.url}${path}`,
        body,
        headers,
        contentBasedDeduplication: true,
      });
    const first = await publish('/a', { n: 1 });
    expect(await publish('/a', { n: 1 })).toMatchObject({
      messageId: first.messageId,
      deduplicated: true,
    });
    for (const other of [
      await publish('/a', { n: 2 }),
      await publish('/b', { n: 1 }),
      await publish('/a', { n: 1 }, { 'x-other': '1' }),
    ]) {
      expect(other).not.toHaveProperty('deduplicated');
    }
    await stack.receiver.waitFor(4);
  });

  test('a batch is taken whole and in order', async () => {
    const results = await stack.client.batchJSON([
      { url: `${stack.receiver.url}/1?a=b`, body: { n: 1 }, headers: { 'X-One': '1' } },
      { url: `${stack.receiver.url}/2`, body: { n: 2 }, deduplicationId: 'same' },
      { url: `${stack.receiver.url}/3`, body: { n: 3 }, deduplicationId: 'same' },
    ]);
    expect(results).toHaveLength(3);
    expect(results[2]).toMatchObject({ deduplicated: true });
    const received = await stack.receiver.waitFor(2);
    const one = received.find((got) => got.url === '/1?a=b');
    expect(one?.body).toBe('{"n":1}');
    expect(one?.headers).toMatchObject({ 'x-one': '1', 'content-type': 'application/json' });
  });

  test('a batch with one bad message is refused whole', async () => {
    const batch = stack.client.batch([
      { url: stack.receiver.url, body: 'good', delay: 3_600, deduplicationId: 'good' },
      { url: 'ftp://nowhere.example', body: 'bad' },
    ]);
    await expect(batch).rejects.toMatchObject({ status: 400 });
    const again = await stack.client.publish({
      url: stack.receiver.url,
      body: 'x',
      deduplicationId: 'good',
    });
    expect(again).not.toHaveProperty('deduplicated');
  });

  test('parallelism 1 keeps the order and one under way', async () => {
    stack.receiver.behaviour = () =>
      new Promise((resolve) => {
        setImmediate(() => resolve({ status: 200 }));
      });
    const numbers = Array.from({ length: 12 }, (_, index) => String(index));
    await stack.client.batch(
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
    await stack.client.batch(
      Array.from({ length: 100 }, () => ({
        url: `${stack.receiver.url}/slow`,
        body: '',
        flowControl: slow,
      })),
    );
    await stack.client.publish({ url: `${stack.receiver.url}/free`, body: '' });
    const received = await stack.receiver.waitFor(2);
    expect(received.map((one) => one.url)).toEqual(['/slow', '/free']);
    stack.receiver.behaviour = () => ({ status: 200 });
    release?.();
  });

  test('a waiting message can be seen', async () => {
    const { messageId } = await stack.client.publishJSON({
      url: stack.receiver.url,
      body: { n: 1 },
      delay: '1h',
      retries: 7,
    });
    expect(await stack.client.messages.get(messageId)).toMatchObject({
      messageId,
      url: stack.receiver.url,
      body: '{"n":1}',
      maxRetries: 7,
    });
    await expect(stack.client.messages.get('msg_other')).rejects.toMatchObject({ status: 404 });
  });

  test.each([
    ['a destination that is no URL', 'my-topic', {}],
    ['a scheme other than http', 'ftp://example.com', {}],
    ['a delay', 'http://example.com', { 'upstash-delay': 'soon' }],
    ['not-before', 'http://example.com', { 'upstash-not-before': 'noon' }],
    ['retries', 'http://example.com', { 'upstash-retries': '-1' }],
    ['a retry delay', 'http://example.com', { 'upstash-retry-delay': 'process.exit()' }],
    ['a method', 'http://example.com', { 'upstash-method': 'TRACE' }],
    ['a callback', 'http://example.com', { 'upstash-callback': 'nowhere' }],
    [
      'flow control',
      'http://example.com',
      { 'upstash-flow-control-key': 'k', 'upstash-flow-control-value': 'parallelism=0' },
    ],
    ['flow control without a limit', 'http://example.com', { 'upstash-flow-control-key': 'k' }],
  ])('%s that cannot be read is a 400 that says so', async (_name, destination, headers) => {
    const response = await fetch(`${stack.qstash.url}/v2/publish/${destination}`, {
      method: 'POST',
      headers: { authorization: 'Bearer test-token', ...headers },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/invalid/) });
  });

  test('a wrong token is a 401 and stores nothing', async () => {
    const stranger = clientOf(stack.qstash.url, 'guess');
    await expect(stranger.publish({ url: stack.receiver.url, body: 'x' })).rejects.toMatchObject({
      status: 401,
    });
    await stack.client.publish({ url: stack.receiver.url, body: 'mine' });
    expect((await stack.receiver.waitFor(1))[0]?.body).toBe('mine');
    expect((await stack.client.logs()).logs.filter((log) => log.state === 'CREATED')).toHaveLength(
      1,
    );
  });

  test('what is not served is a 404, a body over 10 MB a 413', async () => {
    await expect(stack.client.urlGroups.list()).rejects.toMatchObject({ status: 404 });
    const body = 'x'.repeat(12 * 1024 * 1024);
    await expect(stack.client.publish({ url: stack.receiver.url, body })).rejects.toMatchObject({
      status: 413,
    });
  });
});
