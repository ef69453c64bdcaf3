import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../testing/harness.ts';
import { newInbox } from '../testing/receiver.ts';
import { createEgress } from './egress.ts';
import type { Egress, EgressRequest } from './port.ts';
import { REFUSED_URLS } from './refused-urls.ts';
import { reboundName } from './testing/rebound.ts';

let harness: Harness;
let egress: Egress;
beforeAll(async () => {
  harness = await createHarness();
  egress = createEgress(harness.env);
});

const get = (url: string, changes: Partial<EgressRequest> = {}): EgressRequest => ({
  method: 'GET',
  url,
  timeoutMs: 5_000,
  maxBytes: 1_000,
  maxRedirects: 3,
  ...changes,
});

const textOf = (body: Uint8Array) => new TextDecoder().decode(body);

describe('what is refused', () => {
  it('is neither checked as good nor fetched', async () => {
    const ownHost = { BASE_URL: 'https://gateway.example.com', EGRESS_ALLOW: [] };
    const logged: unknown[] = [];
    const strict = createEgress(
      { ...harness.env, ...ownHost },
      { log: (line) => void logged.push(line) },
    );
    for (const url of REFUSED_URLS) {
      expect(await strict.check(url), url).toEqual(expect.any(String));
      expect(await strict.fetch(get(url)), url).toMatchObject({ kind: 'blocked' });
    }
    expect(logged).toEqual(
      REFUSED_URLS.map(() => expect.objectContaining({ event: 'ssrf_blocked' })),
    );
  });

  it('is refused at connect as well, should a check be passed by', async () => {
    const inbox = newInbox();
    const { port, pathname } = new URL(inbox.url);
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433'])
      await expect(
        harness.env.EGRESS.fetch(`http://${host}:${port}${pathname}`),
        host,
      ).rejects.toThrow();
    expect(await inbox.received()).toEqual([]);
  });
});

describe('a name', () => {
  const DNS_TYPE = { A: 1, AAAA: 28, CNAME: 5 } as const;
  /** An egress whose resolver answers every question with these records. */
  const resolving = async (
    records: [keyof typeof DNS_TYPE, string][],
    reply: { Status?: number; status?: number } = {},
  ) => {
    const inbox = newInbox();
    const Answer = records.map(([type, data]) => ({
      name: 'x',
      type: DNS_TYPE[type],
      TTL: 1,
      data,
    }));
    const body = JSON.stringify({ Status: reply.Status ?? 0, Answer });
    await inbox.script({ status: reply.status ?? 200, body });
    const { EGRESS_PRIVATE } = harness.env;
    if (EGRESS_PRIVATE === undefined) throw new Error('no EGRESS_PRIVATE binding');
    // The resolver is on loopback, where the public binding does not reach.
    const env = { ...harness.env, EGRESS: EGRESS_PRIVATE, DOH_URL: inbox.url };
    return { inbox, egress: createEgress(env) };
  };

  it('is good when all its addresses are public', async () => {
    const { egress: one, inbox } = await resolving([
      ['CNAME', 'y.example.'],
      ['A', '1.1.1.1'],
      ['AAAA', '2606:4700::1'],
    ]);
    expect(await one.check('https://hook.example/')).toBeNull();
    expect(await inbox.received()).toHaveLength(2);
  });

  it.each([
    [[['A', '10.0.0.1']]],
    [
      [
        ['A', '1.1.1.1'],
        ['A', '127.0.0.1'],
      ],
    ],
    [
      [
        ['A', '1.1.1.1'],
        ['AAAA', '::1'],
      ],
    ],
    [[['AAAA', '::ffff:192.168.0.1']]],
  ] as [[keyof typeof DNS_TYPE, string][]][])('is refused with %j', async (records) => {
    const { egress: one } = await resolving(records);
    expect(await one.check('https://hook.example/')).toMatch(/not public/);
    expect(await one.fetch(get('https://hook.example/'))).toMatchObject({ kind: 'blocked' });
  });

  it('that does not resolve fails as the network’s doing', async () => {
    const { egress: one } = await resolving([], { Status: 3 });
    expect(await one.check('https://hook.example/')).toMatch(/does not resolve/);
    expect(await one.fetch(get('https://hook.example/'))).toMatchObject({ kind: 'failed' });
  });

  it.each([{ status: 500 }, { Status: 2 }])(
    'passes on to the guard at connect when the resolver says %j',
    async (reply) => {
      const { egress: one } = await resolving([], reply);
      expect(await one.check('https://hook.example/')).toBeNull();
    },
  );

  it.each([
    [
      'private by then',
      '127.0.0.1',
      { kind: 'blocked', reason: expect.stringMatching(/not public/) },
    ],
    ['still public', '1.1.1.1', { kind: 'failed', reason: 'the connection failed' }],
  ])(
    'that is public when it is checked and private at connect is refused there; DNS says %s',
    async (_what, address, outcome) => {
      const { env, url, received, asked } = await reboundName(harness.env, address);
      const logged: unknown[] = [];
      const one = createEgress(env, { log: (line) => void logged.push(line) });
      expect(await one.check(url)).toBeNull();
      expect(await one.fetch(get(url))).toMatchObject(outcome);
      const event = outcome.kind === 'blocked' ? 'ssrf_blocked' : 'egress_failed';
      expect(logged).toEqual([expect.objectContaining({ event, host: 'rebound.example' })]);
      expect(await asked()).toHaveLength(4);
      expect(await received()).toEqual([]);
    },
  );

  it('passes on when there is no resolver at all', async () => {
    expect(await egress.check('https://hook.example/')).toBeNull();
  });
});

describe('an exchange', () => {
  it('posts and reads the answer', async () => {
    const inbox = newInbox();
    await inbox.script({ status: 418, headers: { 'x-a': 'b' }, body: 'short' });
    const result = await egress.fetch(
      get(inbox.url, { method: 'POST', headers: { 'x-own': '1' }, body: 'data' }),
    );
    expect(result).toMatchObject({ kind: 'answered', status: 418, truncated: false });
    if (result.kind !== 'answered') return;
    expect(textOf(result.body)).toBe('short');
    expect(result.headers.get('x-a')).toBe('b');
    expect(await inbox.received()).toMatchObject([
      { method: 'POST', headers: { 'x-own': '1' }, body: 'data' },
    ]);
  });

  it('reads no more than the cap', async () => {
    const inbox = newInbox();
    await inbox.script({ bytes: 20_000_000 });
    const result = await egress.fetch(get(inbox.url));
    expect(result).toMatchObject({ kind: 'answered', truncated: true });
    expect(result.kind === 'answered' && result.body.byteLength).toBe(1_000);
  });

  it('takes a body of exactly the cap as whole', async () => {
    const inbox = newInbox();
    await inbox.script({ bytes: 1_000 });
    expect(await egress.fetch(get(inbox.url))).toMatchObject({ truncated: false });
  });

  it.each([{ hang: true }, { drip: true }])(
    'ends in time when the server does %j',
    async (reply) => {
      const inbox = newInbox();
      await inbox.script(reply);
      expect(await egress.fetch(get(inbox.url, { timeoutMs: 300 }))).toEqual({
        kind: 'failed',
        reason: 'no complete answer within 300 ms',
        timedOut: true,
        durationMs: expect.any(Number),
      });
    },
  );

  it('fails without a throw when nobody listens', async () => {
    expect(await egress.fetch(get('http://127.0.0.1:1/'))).toMatchObject({
      kind: 'failed',
      reason: 'the connection failed',
    });
  });
});

describe('a redirect', () => {
  const redirect = (location: string) => ({ status: 302, headers: { location } });

  it('is followed by hand, with the same headers at each origin', async () => {
    const target = newInbox();
    const inbox = newInbox();
    await inbox.script(redirect(target.url));
    const result = await egress.fetch(get(inbox.url, { headers: { 'x-own': '1' } }));
    expect(result).toMatchObject({ kind: 'answered', status: 200 });
    expect((await target.received())[0]?.headers['x-own']).toBe('1');

    const path = `/${crypto.randomUUID()}`;
    await inbox.script(redirect(`${harness.filesUrl}${path}`));
    await egress.fetch(get(inbox.url, { headers: { 'user-agent': 'Waypost-Media/1' } }));
    const asked: unknown = await (await fetch(`${harness.filesUrl}/asked`)).json();
    const headers: unknown = expect.objectContaining({ 'user-agent': 'Waypost-Media/1' });
    expect(asked).toContainEqual({ path, headers });
  });

  it.each([
    'http://169.254.169.254/',
    'http://10.0.0.1/',
    'file:///etc/passwd',
    'http://user@example.com/',
  ])('to %s is blocked', async (location) => {
    const inbox = newInbox();
    await inbox.script(redirect(location));
    expect(await egress.fetch(get(inbox.url))).toMatchObject({ kind: 'blocked' });
  });

  it('is followed so many times and no more', async () => {
    const inbox = newInbox();
    await inbox.script(redirect(inbox.url));
    expect(await egress.fetch(get(inbox.url, { maxRedirects: 2 }))).toMatchObject({
      kind: 'failed',
      reason: 'too many redirects',
    });
    expect(await inbox.received()).toHaveLength(3);
  });

  it('is just an answer where none may be followed, and after a POST', async () => {
    const target = newInbox();
    const inbox = newInbox();
    await inbox.script(redirect(target.url));
    for (const changes of [{ maxRedirects: 0 }, { method: 'POST', body: '' } as const])
      expect(await egress.fetch(get(inbox.url, changes))).toMatchObject({ status: 302 });
    expect(await target.received()).toEqual([]);
  });
});
