import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createHarness } from '../testing/harness.ts';
import { liveSession } from '../testing/live-session.ts';
import { plainCall } from '../testing/plain-call.ts';
import { SYSTEMS } from './systems.ts';

const harness = await createHarness();
const call = plainCall(harness);
const { messages, sessions, auditLog } = harness.schema;
const to = '+15550100001';

type Said = {
  /** A text from the session of that name. */
  send: (session: string, text: string) => { path: string; body: Record<string, unknown> };
  action: string;
  route: string;
  failure: (error: unknown) => unknown;
  /** Where it has a code of its own. */
  internal?: string;
  /** What it calls whom a message is for. */
  whom?: string;
  /** The status of a message that is queued, and of a session that is not ready. */
  queued?: number;
  notReady?: number;
};

const meta = { timestamp: expect.any(String), request_id: expect.stringMatching(/^req_/) };

const SAID: Readonly<Record<string, Said>> = {
  gateway: {
    send: (sessionId, text) => ({ path: '/api/send', body: { sessionId, to, text } }),
    action: 'gatewaySend',
    route: '/api/send',
    failure: (error) => ({
      success: false,
      error,
      meta: { requestId: expect.stringMatching(/^req_/), timestamp: expect.any(String) },
    }),
  },
  instances: {
    send: (instanceName, text) => ({
      path: '/api/messages/text',
      body: { instanceName, to, text },
    }),
    action: 'instancesSendText',
    route: '/api/messages/text',
    failure: (error) => ({ success: false, error, meta }),
  },
  sessions: {
    send: (id, message) => ({ path: `/api/sessions/${id}/messages`, body: { to, message } }),
    action: 'sessionsSend',
    route: '/api/sessions/{id}/messages',
    failure: (error) => ({ error }),
  },
  queue: {
    send: (sessionId, text) => ({ path: '/api/v1/messages/text', body: { sessionId, to, text } }),
    action: 'queueSendText',
    route: '/api/v1/messages/text',
    failure: (error) => ({ ok: false, error }),
  },
  wa: {
    send: (id, message) => ({ path: `/wa/send/${id}`, body: { to, message } }),
    action: 'waSend',
    route: '/wa/send/{id}',
    failure: (error) => ({ success: false, error }),
    internal: 'SERVER_ERROR',
  },
  waha: {
    send: (session, text) => ({
      path: '/compat/waha/api/sendText',
      body: { session, chatId: to, text },
    }),
    action: 'wahaSendText',
    route: '/compat/waha/api/sendText',
    failure: (error) => (isMatcher(error) ? error : expect.objectContaining(Object(error))),
    whom: 'chatId',
    queued: 201,
    notReady: 422,
  },
  evolution: {
    send: (session, text) => ({
      path: `/compat/evolution/message/sendText/${session}`,
      body: { number: to, text },
    }),
    action: 'evolutionSendText',
    route: '/compat/evolution/message/sendText/{instance}',
    failure: (error) => (isMatcher(error) ? error : expect.objectContaining(Object(error))),
    whom: 'number',
    queued: 201,
  },
};

const isMatcher = (value: unknown): boolean => 'asymmetricMatch' in Object(value);

const rowsOf = (workspaceId: string) =>
  harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId));

test('each system is here', () => {
  expect(Object.keys(SAID)).toEqual(SYSTEMS.map(({ name }) => name));
});

describe.each(Object.entries(SAID))('%s', (name, said) => {
  const { send, action, route, failure, internal } = said;
  const { whom: field = 'to', queued = 202, notReady = 409 } = said;
  const post = (key: string, session: string, text = 'Hello', headers = {}) => {
    const { path, body } = send(session, text);
    return call('POST', path, { key, body, headers });
  };

  test('two workspaces each reach their own session by the same name', async () => {
    const both = [
      await liveSession(harness, { name: 'default' }),
      await liveSession(harness, { name: 'default' }),
    ];
    for (const { apiKey } of both)
      expect(await post(apiKey, 'default')).toMatchObject({ status: queued });
    for (const { workspaceId, id } of both)
      expect(await rowsOf(workspaceId)).toMatchObject([{ sessionId: id }]);
  });

  test('a failure inside and a limit are in its envelope', async () => {
    const { workspaceId, name: session } = await liveSession(harness);
    await harness.db.execute(sql`create or replace function refuse_message() returns trigger
      language plpgsql as $$ begin raise exception 'secret detail'; end $$`);
    await harness.db.execute(
      sql.raw(`create or replace trigger refuse_message before insert on messages for each row
        when (new.workspace_id = '${workspaceId}') execute function refuse_message()`),
    );
    const { apiKey } = await harness.newKey(workspaceId, { perMinute: 1 });
    const broken = await post(apiKey, session);
    expect(broken.status).toBe(500);
    const error = (code: string) => expect.objectContaining({ code, message: expect.any(String) });
    expect(broken.body).toEqual(failure(error(internal ?? 'INTERNAL')));
    expect(JSON.stringify(broken.body)).not.toMatch(/secret detail|messages/);
    const refused = await post(apiKey, session);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused.body).toEqual(failure(error('RATE_LIMITED')));
  });

  test('a message is sent once for one Idempotency-Key, and each call is audited', async () => {
    const { apiKey, workspaceId, name: session } = await liveSession(harness);
    const headers = { 'idempotency-key': 'order-1' };
    await post(apiKey, session, 'Hello', headers);
    const again = await post(apiKey, session, 'Hello', headers);
    expect(again.status).toBe(queued);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const rows = await rowsOf(workspaceId);
    expect(rows).toHaveLength(1);
    expect(await post(apiKey, session, 'Other', headers)).toMatchObject({
      status: 422,
      body: failure(expect.objectContaining({ code: 'IDEMPOTENCY_MISMATCH' })),
    });
    await harness.drainAudit();
    const log = await harness.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.workspaceId, workspaceId));
    expect(log).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          action,
          method: 'POST',
          route,
          status: queued,
          target: rows[0]?.id,
        }),
        expect.objectContaining({ action, route, status: 422, errorCode: 'IDEMPOTENCY_MISMATCH' }),
      ]),
    );
  });

  // What wa does with a session that is away is in wa.test.ts.
  test.skipIf(name === 'wa')('an archived session is not found', async () => {
    const { apiKey, workspaceId, id, name: session } = await liveSession(harness);
    await harness.db.update(sessions).set({ archivedAt: new Date() }).where(eq(sessions.id, id));
    const answer = await post(apiKey, session);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual(failure(expect.objectContaining({ code: 'SESSION_NOT_FOUND' })));
    expect(await rowsOf(workspaceId)).toEqual([]);
  });

  // The queue is unavailable then: queue.test.ts.
  test.skipIf(name === 'wa' || name === 'queue')(
    'one that is logged out is not ready',
    async () => {
      const { workspaceId, apiKey } = await harness.newWorkspace();
      const session = await harness.newSession({ workspaceId, status: 'logged_out' });
      const answer = await post(apiKey, session.name);
      expect(answer.status).toBe(notReady);
      expect(answer.body).toEqual(failure(expect.objectContaining({ code: 'SESSION_NOT_READY' })));
      expect(await rowsOf(workspaceId)).toEqual([]);
    },
  );

  test('takes a credential in each spelling that its clients use, and no other', async () => {
    const { workspaceId, apiKey, name: session } = await liveSession(harness);
    const { token } = await harness.newUser({ workspaceId });
    const { path, body } = send(session, 'Hello');
    const sendWith = (headers: Record<string, string>) => call('POST', path, { headers, body });
    expect((await sendWith({ 'x-api-key': apiKey })).status).toBe(queued);
    for (const authorization of [
      `bearer ${apiKey}`,
      `BEARER  ${token}`,
      `Bearer jwt_${token}`,
      `bearer jwt_${apiKey}`,
    ])
      expect((await sendWith({ authorization })).status, authorization).toBe(queued);
    const error = { code: 'UNAUTHORIZED', message: expect.any(String) };
    for (const authorization of [
      apiKey,
      `jwt_${token}`,
      'bearer',
      `Basic ${btoa(`admin:${apiKey}:with:colons`)}`,
    ]) {
      const refused = await sendWith({ authorization });
      expect(refused.status, authorization).toBe(401);
      expect(refused.body, authorization).toEqual(failure(error));
    }
  });

  test.each([15550100001, '15550100001', '15550100001@c.us', '15550100001@s.whatsapp.net'])(
    'a text goes to the same chat, written %j',
    async (whom) => {
      const { apiKey: key, workspaceId, name: session } = await liveSession(harness);
      const { path, body } = send(session, 'Hello');
      const answer = await call('POST', path, { key, body: { ...body, [field]: whom } });
      expect(answer.status).toBe(queued);
      expect(await rowsOf(workspaceId)).toMatchObject([{ chatId: '15550100001@c.us' }]);
    },
  );

  test('a body that is too large, or of another kind, is refused in its envelope', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const { path, body } = send('nobody', 'x'.repeat(1_100_000));
    const text = { 'content-type': 'text/plain' };
    for (const [request, status, code] of [
      [{ body }, 413, 'PAYLOAD_TOO_LARGE'],
      [{ body: 'to=1', headers: text }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
      [{ body: '{' }, 400, 'MALFORMED_JSON'],
    ] as const) {
      const answer = await call('POST', path, { key, ...request });
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual(failure(expect.objectContaining({ code })));
    }
  });

  test('an address takes its own method alone, and says which', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const { path } = send('nobody', 'Hello');
    const answer = await call('PUT', path, { key });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toContain('POST');
    const error = { code: 'METHOD_NOT_ALLOWED', message: expect.any(String) };
    expect(answer.body).toEqual(failure(error));
  });
});
