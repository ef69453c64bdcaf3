import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mintRealtimeToken } from '../../realtime/tokens.ts';
import { holderOf } from '../../services/realtime/holder.ts';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import { newOwnedSession, received } from '../../services/reports/testing/report-fixtures.ts';
import { createHarness, type TestRequest } from '../../testing/harness.ts';
import { connect } from '../../testing/realtime-client.ts';

const harness = await createHarness();
const Token = z.object({
  token: z.string(),
  expiresAt: z.iso.datetime(),
  webSocketUrl: z.string(),
});

const newToken = async (key: string) => {
  const answer = await harness.call('POST', '/v1/realtime/token', { key });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return Token.parse(answer.data);
};

const open = (query: string, { headers = {}, ...options }: TestRequest = {}) =>
  harness.call('GET', `/v1/realtime?${query}`, {
    ...options,
    headers: { upgrade: 'websocket', ...headers },
  });

describe('a one-time token', () => {
  const ways: [string, (token: string) => { query?: string; options?: TestRequest }][] = [
    ['in the address', (token) => ({ query: `token=%20${token}%20` })],
    [
      'in a subprotocol',
      (token) => ({
        options: { headers: { 'sec-websocket-protocol': `waypost, waypost.token.${token}` } },
      }),
    ],
    ['in a header', (token) => ({ options: { key: token } })],
  ];

  it.each(ways)('opens one connection %s, from any page', async (_name, bring) => {
    const { apiKey } = await harness.newWorkspace();
    const { query = '', options = {} } = bring((await newToken(apiKey)).token);
    const fromAPage = { origin: 'https://app.example.net' };
    const isHeader = options.key !== undefined;
    const headers = { ...options.headers, ...(!isHeader && fromAPage) };
    const { response } = await connect(harness, query, { ...options, headers });
    expect(response.headers.get('sec-websocket-protocol')).toBe(
      options.headers === undefined ? null : 'waypost',
    );
    expect(await open(query, options)).toMatchObject({
      status: 401,
      error: { message: expect.stringContaining('used before') },
    });
  });

  it('has the session and the rights of the key that made it, and ends with it', async () => {
    const one = await newOwnedSession(harness);
    const { id: other } = await harness.newSession({ workspaceId: one.workspaceId });
    const { apiKey, keyId } = await harness.newKey(one.workspaceId, { sessionId: other });
    const client = await connect(harness, `after=0&token=${(await newToken(apiKey)).token}`);
    await ingestReports({
      services: harness.services(),
      runnerId: one.runnerId,
      reports: [one.spool(received('A')), { ...one.spool(received('B')), sessionId: other }],
    });
    await client.untilEvent(2);
    expect(client.seqs()).toEqual([2]);
    const { token } = await newToken(apiKey);
    const { apiKeys } = harness.schema;
    await harness.db.update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, keyId));
    expect(await open(`token=${token}`)).toMatchObject({ status: 401 });
  });

  it('opens nothing else, and nothing after a minute', async () => {
    const { apiKey, ctx } = await harness.newWorkspace();
    const { token } = await newToken(apiKey);
    expect(await harness.call('GET', '/v1/events', { key: token })).toMatchObject({ status: 401 });
    const past = harness.services().now() - 61_000;
    const old = await mintRealtimeToken(harness.env, 'connect', holderOf(ctx), past);
    expect(await open(`token=${old.token}`)).toMatchObject({ status: 401 });
  });

  it('acts for a person, too', async () => {
    const { token: key } = await harness.newUser();
    const { token } = await newToken(key);
    const client = await connect(harness, `token=${token}`);
    expect(await client.frame('ready')).toEqual({ type: 'ready', cursor: 0 });
  });
});

describe('refused', () => {
  it.each([
    ['the address', (key: string) => open(`token=${key}`)],
    [
      'a subprotocol',
      (key: string) => open('', { headers: { 'sec-websocket-protocol': `waypost.token.${key}` } }),
    ],
  ])('an API key in %s, with an explanation', async (_name, bring) => {
    const { apiKey } = await harness.newWorkspace();
    expect(await bring(apiKey)).toMatchObject({
      status: 401,
      error: { message: expect.stringContaining('POST /v1/realtime/token') },
    });
  });

  it('a page of another origin that brings a cookie, with a token or without', async () => {
    const { cookie, token: key } = await harness.newUser();
    const headers = { cookie, origin: 'https://evil.example.net' };
    const { token } = await newToken(key);
    for (const query of ['', `token=${token}`])
      expect(await open(query, { headers })).toMatchObject({
        status: 403,
        error: { code: 'FORBIDDEN' },
      });
  });
});
