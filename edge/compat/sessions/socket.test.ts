import { describe, expect, test } from 'vitest';
import { newOwnedSession } from '../../services/reports/testing/report-fixtures.ts';
import { goodCredentials } from '../../testing/credentials.ts';
import { createHarness, type TestRequest } from '../../testing/harness.ts';
import { liveSession } from '../../testing/live-session.ts';

const harness = await createHarness();
/** As long as the test may take: a frame that succeeds is not answered. */
const PATIENT = { timeout: 20_000 };
const upgrade = { upgrade: 'websocket', connection: 'upgrade' };

const open = (token: string | null, more: TestRequest = {}) =>
  harness.request('GET', token === null ? '/' : `/?token=${encodeURIComponent(token)}`, {
    ...more,
    headers: { ...upgrade, ...more.headers },
  });

/** A client as those of sessions and socket are. */
async function connect(token: string) {
  const { webSocket } = await open(token);
  if (webSocket === null) throw new Error('there is no socket');
  const frames: Record<string, unknown>[] = [];
  let arrived = Promise.withResolvers<void>();
  webSocket.addEventListener('message', ({ data }) => {
    frames.push(JSON.parse(String(data)));
    arrived.resolve();
  });
  webSocket.accept();
  return {
    frames,
    say: (frame: unknown) => webSocket.send(JSON.stringify(frame)),
    until: async (type: string): Promise<Record<string, unknown>> => {
      for (;;) {
        const found = frames.find((frame) => frame['type'] === type);
        if (found !== undefined) return found;
        await arrived.promise;
        arrived = Promise.withResolvers<void>();
      }
    },
  };
}

describe('a socket at /', () => {
  test('is opened with a token of a person, of theirs at Supabase, and with a one-time token', async () => {
    const user = await harness.newUser();
    const { workspaceId } = user;
    const { userToken, supabaseToken } = await goodCredentials(harness, user);
    for (const token of [userToken, supabaseToken]) expect((await open(token)).status).toBe(101);
    const { apiKey: key } = await harness.newKey(workspaceId);
    const { data } = await harness.call('POST', '/v1/realtime/token', { key });
    const { token: oneTime } = Object(data);
    expect((await open(oneTime)).status).toBe(101);
    expect((await open(oneTime)).status).toBe(401);
  });

  test.each([
    ['no token', null, {}],
    ['a garbled one', 'abc', {}],
    ['only a cookie', '', { cookie: 'a=b' }],
  ])('is refused with %s', async (_what, token, headers) => {
    const answer = await open(token, { headers });
    expect([401, 403]).toContain(answer.status);
    expect(await answer.json()).toMatchObject({ error: { code: expect.any(String) } });
  });

  test('answers with our subprotocol and not with the token beside it', async () => {
    const { workspaceId } = await harness.newUser();
    const { apiKey: key } = await harness.newKey(workspaceId);
    const openWith = async (offer: (token: string) => string) => {
      const { data } = await harness.call('POST', '/v1/realtime/token', { key });
      const offered = offer(String(Object(data).token));
      const headers = { ...upgrade, 'sec-websocket-protocol': offered };
      const answer = await harness.request('GET', '/api/socket', { headers });
      expect(answer.status).toBe(101);
      return answer.headers.get('sec-websocket-protocol');
    };
    expect(await openWith((token) => `waypost.token.${token}, waypost`)).toBe('waypost');
    expect(await openWith((token) => `waypost.token.${token}`)).toBeNull();
  });

  test('takes its token without a word of ignoring it', async () => {
    const { workspaceId } = await harness.newUser();
    const { apiKey: key } = await harness.newKey(workspaceId);
    const { data } = await harness.call('POST', '/v1/realtime/token', { key });
    const path = `/api/socket?token=${String(Object(data).token)}`;
    const answer = await harness.request('GET', path, { headers: upgrade });
    expect(answer.status).toBe(101);
    expect(answer.headers.get('waypost-ignored')).toBeNull();
  });

  test('takes no API key in its address', async () => {
    const { apiKey } = await harness.newWorkspace();
    const answer = await open(apiKey);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('must not be in an address');
  });

  test('is opened by a page of another origin only with a token', async () => {
    const { token, cookie } = await harness.newUser();
    const origin = 'https://elsewhere.example';
    expect((await open(token, { headers: { origin } })).status).toBe(101);
    expect((await open(null, { headers: { origin, cookie } })).status).toBe(403);
  });

  test('is a page without an upgrade, and asks for one at its own address', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    expect((await harness.request('GET', '/api/socket', { key })).status).toBe(426);
    expect((await harness.request('GET', '/')).headers.get('upgrade')).toBeNull();
  });
});

describe('frames', () => {
  test('a message is sent from the session of the frame, or else from the default one', async () => {
    const { workspaceId, id: standard, call, runner } = await liveSession(harness);
    const { id } = await harness.newSession({ workspaceId, owner: runner.owner });
    const { token } = await harness.newUser({ workspaceId });
    const client = await connect(token);
    const to = 15550100001;
    const sentFrom = (sessionId: string, text: string): unknown =>
      expect.objectContaining({ sessionId, content: expect.objectContaining({ text }) });
    client.say({ type: 'send_message', sessionId: id, to, message: 'Hi', extra: 1 });
    client.say({ type: 'send_message', to: `${to}@c.us`, message: 'Hello' });
    await expect
      .poll(async () => (await call('GET', '/messages')).data, PATIENT)
      .toEqual(expect.arrayContaining([sentFrom(id, 'Hi'), sentFrom(standard, 'Hello')]));
    client.say({ type: 'send_message', sessionId: 'nobody', to: '+15550100001', message: 'Hi' });
    expect(await client.until('error')).toEqual({
      type: 'error',
      code: 'SESSION_NOT_FOUND',
      message: expect.any(String),
    });
  });

  test.each([
    ['no JSON', 'MALFORMED_JSON'],
    ['{"type":"shout"}', 'VALIDATION_ERROR'],
    ['{"type":"send_message","to":"+15550100001"}', 'VALIDATION_ERROR'],
    // Of no session, and there is no default one.
    ['{"type":"send_message","to":"+15550100001","message":"Hi"}', 'VALIDATION_ERROR'],
    ['{"type":"disconnect_session","sessionId":"default"}', 'SESSION_NOT_FOUND'],
    ['{"type":"disconnect_session","sessionId":"."}', 'VALIDATION_ERROR'],
    ['{"type":"send_message","session_id":"x","to":"1","message":"Hi"}', 'VALIDATION_ERROR'],
    ['{"type":"send_message","instance":"x","to":"1","message":"Hi"}', 'VALIDATION_ERROR'],
  ])('%s is %s', async (text, code) => {
    const { token } = await harness.newUser();
    const { webSocket } = await open(token);
    const answer = Promise.withResolvers<unknown>();
    webSocket?.addEventListener('message', ({ data }) => answer.resolve(JSON.parse(String(data))));
    webSocket?.accept();
    webSocket?.send(text);
    expect(await answer.promise).toMatchObject({ type: 'error', code });
  });

  test('what happens to a session is told', async () => {
    const session = await newOwnedSession(harness);
    const { token } = await harness.newUser({ workspaceId: session.workspaceId });
    const client = await connect(token);
    client.say({ type: 'create_session', name: 'desk', mode: 'sandbox' });
    await expect
      .poll(async () => (await harness.call('GET', '/v1/sessions', { key: token })).data, PATIENT)
      .toContainEqual(expect.objectContaining({ name: 'desk' }));
    client.say({ type: 'disconnect_session', sessionId: 'desk' });
    expect(await client.until('status_update')).toMatchObject({
      sessionId: expect.stringMatching(/^ses_/),
      status: 'disconnected',
    });
    expect(client.frames.map(({ type }) => type)).not.toContain('ready');
  });
});
