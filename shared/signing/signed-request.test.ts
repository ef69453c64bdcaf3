import { describe, expect, it } from 'vitest';
import { signRequest, verifyRequest, type SignRequestInput } from './signed-request.ts';

const keys = [
  { id: 'current', secret: 'a1'.repeat(32) },
  { id: 'next', secret: 'b2'.repeat(32) },
];
const NOW = 1_800_000_000;

const sign = (change: Partial<SignRequestInput> = {}): Promise<Request> =>
  signRequest({
    method: 'POST',
    url: 'http://runner.test/v1/wake?x=1',
    body: '{"a":1}',
    keys,
    audience: 'runner-1/boot-1',
    session: 'ses_1',
    epoch: 3,
    commandId: 'cmd_1',
    now: NOW,
    ...change,
  });

const seenNonces = (): ((nonce: string) => boolean) => {
  const seen = new Set<string>();
  return (nonce) => !seen.has(nonce) && seen.add(nonce) !== undefined;
};

async function verify(
  request: Request,
  change: Partial<Parameters<typeof verifyRequest>[0]> = {},
): Promise<string> {
  const result = await verifyRequest({
    request,
    body: '{"a":1}',
    keys,
    audience: 'runner-1/boot-1',
    rememberNonce: seenNonces(),
    now: NOW,
    ...change,
  });
  return result.ok ? 'ok' : result.reason;
}

describe('signed requests', () => {
  it('verify, and carry session, epoch and command id', async () => {
    const request = await sign();
    const result = await verifyRequest({
      request,
      body: await request.clone().text(),
      keys,
      audience: 'runner-1/boot-1',
      rememberNonce: () => true,
      now: NOW,
    });
    expect(result).toMatchObject({
      ok: true,
      request: { session: 'ses_1', epoch: 3, commandId: 'cmd_1', keyId: 'current' },
    });
  });

  it('verify with the next key while keys rotate', async () => {
    expect(await verify(await sign({ keys: keys.slice(1) }))).toBe('ok');
  });

  it.each([
    ['another body', {}, { body: '{"a":2}' }, 'bad_digest'],
    ['another audience', { audience: 'runner-1/boot-0' }, {}, 'wrong_audience'],
    ['an unknown key', { keys: [{ id: 'other', secret: 'c3'.repeat(32) }] }, {}, 'unknown_key'],
    [
      'a foreign secret',
      { keys: [{ id: 'current', secret: 'c3'.repeat(32) }] },
      {},
      'bad_signature',
    ],
    ['a time long past', { now: NOW - 121 }, {}, 'expired'],
    ['a time to come', { now: NOW + 121 }, {}, 'expired'],
  ] as const)('refuse %s', async (_name, signed, verified, reason) => {
    expect(await verify(await sign(signed as Partial<SignRequestInput>), verified)).toBe(reason);
  });

  it.each([
    ['path', (request: Request) => new Request('http://runner.test/v1/other?x=1', request)],
    ['query', (request: Request) => new Request('http://runner.test/v1/wake?x=2', request)],
    [
      'epoch',
      (request: Request) =>
        new Request(request, { headers: withHeader(request, 'waypost-epoch', '4') }),
    ],
    [
      'session',
      (request: Request) =>
        new Request(request, { headers: withHeader(request, 'waypost-session', 'ses_2') }),
    ],
    [
      'command id',
      (request: Request) =>
        new Request(request, { headers: withHeader(request, 'waypost-command-id', 'x') }),
    ],
  ])('refuse a changed %s', async (_name, change) => {
    expect(await verify(change(await sign()))).toBe('bad_signature');
  });

  it('refuse the same nonce twice', async () => {
    const rememberNonce = seenNonces();
    const request = await sign();
    expect(await verify(request.clone(), { rememberNonce })).toBe('ok');
    expect(await verify(request.clone(), { rememberNonce })).toBe('replayed');
  });

  it('refuse a request without a signature', async () => {
    expect(await verify(new Request('http://runner.test/v1/wake'))).toBe('missing');
  });
});

function withHeader(request: Request, name: string, value: string): Headers {
  const headers = new Headers(request.headers);
  headers.set(name, value);
  return headers;
}
