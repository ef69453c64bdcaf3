import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type TestRequest } from '../../testing/harness.ts';
import { liveSession } from '../../testing/live-session.ts';
import { plainCall } from '../../testing/plain-call.ts';

const harness = await createHarness();
const call = plainCall(harness);
const { messages } = harness.schema;
const TO = '+15550100001';
const CHAT = '15550100001@c.us';
const said = { to: TO, message: 'Hello' };

test('it is healthy, whoever asks', async () => {
  expect(await call('GET', '/api/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
});

describe('a session', () => {
  test('is created, listed, shown and disconnected', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const body = { name: 'desk', mode: 'sandbox' };
    const made = await call('POST', '/api/sessions', { key, body });
    const session = {
      id: expect.stringMatching(/^ses_/),
      name: 'desk',
      status: 'connecting',
      phoneNumber: null,
      lastActive: null,
    };
    expect(made.status).toBe(201);
    expect(made.body).toEqual({ session });
    expect((await call('GET', '/api/sessions', { key })).body).toEqual({ sessions: [session] });
    expect((await call('GET', '/api/sessions/desk/status', { key })).body).toEqual(session);
    const gone = await call('DELETE', '/api/sessions/desk', { key });
    expect(gone.status).toBe(200);
    expect(gone.body).toEqual({
      message: expect.stringMatching(/^Session ses_\w+ disconnected\.$/),
    });
    expect((await call('GET', '/api/sessions', { key })).body).toMatchObject({
      sessions: [{ name: 'desk', status: 'disconnected' }],
    });
  });

  test('has a name of its own if it is given none, and is a sandbox for a test key', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey: key } = await harness.newKey(workspaceId, { mode: 'test' });
    for (const body of [undefined, {}])
      expect(
        await call('POST', '/api/sessions', { key, ...(body === undefined ? {} : { body }) }),
      ).toMatchObject({
        status: 201,
        body: { session: { name: expect.stringMatching(/^session-/) } },
      });
  });
});

describe('messages', () => {
  test.each(['key', 'token', 'supabase'] as const)('are sent by %s', async (kind) => {
    const user = await harness.newUser();
    const { workspaceId } = user;
    const runner = harness.newRunner();
    const { id } = await harness.newSession({ workspaceId, owner: runner.owner, status: 'online' });
    const subject = crypto.randomUUID();
    await harness.db.insert(harness.schema.authAccounts).values({
      id: newId('authAccount'),
      userId: user.userId,
      providerId: 'supabase',
      accountId: subject,
    });
    const keys = {
      key: (await harness.newKey(workspaceId)).apiKey,
      token: user.token,
      supabase: await harness.supabase.sign({ sub: subject }),
    };
    const path = `/api/sessions/${id}/messages`;
    const answer = await call('POST', path, { key: keys[kind], body: said });
    const [row] = await harness.db
      .select()
      .from(messages)
      .where(eq(messages.workspaceId, workspaceId));
    const timestamp = row?.createdAt.toISOString();
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      message: { id: row?.id, to: CHAT, status: 'queued', timestamp },
    });
    expect((await call('GET', `${path}?limit=5`, { key: keys[kind] })).body).toEqual({
      messages: [
        {
          id: row?.id,
          sessionId: id,
          direction: 'sent',
          from: null,
          to: CHAT,
          type: 'text',
          body: 'Hello',
          status: 'queued',
          timestamp,
        },
      ],
    });
  });

  test('that came in are received', async () => {
    const { apiKey: key, workspaceId, id } = await liveSession(harness);
    await harness.db.insert(messages).values({
      id: newId('message'),
      workspaceId,
      sessionId: id,
      direction: 'inbound',
      chatId: CHAT,
      fromId: CHAT,
      type: 'text',
      content: { text: 'Hi' },
      status: 'sent',
      statusRank: 4,
      wireId: '3A5F0C431C26A1916E07',
    });
    expect((await call('GET', `/api/sessions/${id}/messages`, { key })).body).toMatchObject({
      messages: [{ direction: 'received', from: CHAT, to: CHAT, body: 'Hi' }],
    });
  });
});

test('leads are added and listed', async () => {
  const { apiKey: key } = await harness.newWorkspace();
  const body = { phone: 15550100001, name: 'Ada', source: 'web' };
  const made = await call('POST', '/api/leads', { key, body });
  const lead = {
    id: expect.stringMatching(/^led_/),
    phone: '15550100001',
    name: 'Ada',
    status: 'new',
    notes: null,
    createdAt: expect.any(String),
  };
  expect(made.status).toBe(201);
  expect(made.body).toEqual({ lead });
  expect(made.headers.get('waypost-ignored')).toBe('source');
  expect((await call('GET', '/api/leads', { key })).body).toEqual({ leads: [lead] });
});

const path = `/api/sessions/${newId('session')}`;
test.each<[string, string, TestRequest, number, string]>([
  ['POST', `${path}/messages`, { body: { to: TO } }, 422, 'VALIDATION_ERROR'],
  ['POST', `${path}/messages`, { body: { ...said, to: 'x' } }, 422, 'VALIDATION_ERROR'],
  ['GET', `${path}/messages?limit=many`, {}, 422, 'VALIDATION_ERROR'],
  ['POST', '/api/sessions', { body: { name: ' ' } }, 422, 'VALIDATION_ERROR'],
  ['POST', '/api/leads', { body: { phone: 'x' } }, 422, 'VALIDATION_ERROR'],
  ['POST', `${path}/messages`, { body: said }, 404, 'SESSION_NOT_FOUND'],
  ['DELETE', path, {}, 404, 'SESSION_NOT_FOUND'],
  ['GET', '/api/sessions/a/b/c', {}, 404, 'NOT_FOUND'],
  [
    'POST',
    '/api/leads',
    { body: { phone: TO, notes: 'x'.repeat(70_000) } },
    413,
    'PAYLOAD_TOO_LARGE',
  ],
])('%s %s %# is %i %s', async (method, address, request, status, code) => {
  const { apiKey: key } = await harness.newWorkspace();
  const answer = await call(method, address, { key, ...request });
  expect(answer.status).toBe(status);
  expect(answer.body).toEqual({
    error: expect.objectContaining({ code, message: expect.any(String) }),
  });
});
