import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type TestRequest } from '../../testing/harness.ts';
import { plainCall } from '../../testing/plain-call.ts';
import { done, liveSession } from '../../testing/live-session.ts';

const harness = await createHarness();
const call = plainCall(harness);
const { messages, sessions, auditLog, webhookEndpoints } = harness.schema;
const TO = '+15550100001';
const SEND = { to: TO, message: 'Hello' };

const rowsOf = (workspaceId: string) =>
  harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId));
/** In the archive; linked with a phone, unless `phoneNumber` is null. */
const archive = (id: string, phoneNumber: string | null = '15550100042') =>
  harness.db
    .update(sessions)
    .set({ archivedAt: new Date(), phoneNumber })
    .where(eq(sessions.id, id));

describe('a text', () => {
  test('is queued', async () => {
    const { apiKey: key, workspaceId, name } = await liveSession(harness);
    const answer = await call('POST', `/wa/send/${name}`, { key, body: SEND });
    const [row] = await rowsOf(workspaceId);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      success: true,
      messageId: row?.id,
      timestamp: row?.createdAt.toISOString(),
    });
  });

  test('names what it ignored', async () => {
    const { apiKey: key, id } = await liveSession(harness);
    const answer = await call('POST', `/wa/send/${id}`, { key, body: { ...SEND, delay: 5 } });
    expect(answer.headers.get('waypost-ignored')).toBe('delay');
  });
});

describe('a connection that is away', () => {
  test('is taken out of the archive first', async () => {
    const { apiKey: key, workspaceId, id, runner } = await liveSession(harness);
    await runner.script({ reconnect: done({}) });
    await archive(id);
    expect(await call('POST', `/wa/send/${id}`, { key, body: SEND })).toMatchObject({
      status: 202,
    });
    expect(await rowsOf(workspaceId)).toHaveLength(1);
    await harness.drainAudit();
    const log = await harness.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.workspaceId, workspaceId));
    expect(log.map(({ action, status }) => `${action} ${status}`).toSorted()).toEqual([
      'reconnectSession 200',
      'waSend 202',
    ]);
  });

  test('needs the scope for that', async () => {
    const { workspaceId, id } = await liveSession(harness);
    await archive(id);
    const { apiKey: key } = await harness.newKey(workspaceId, { scopes: ['messages:send'] });
    expect(await call('POST', `/wa/send/${id}`, { key, body: SEND })).toMatchObject({
      status: 403,
      body: { success: false, error: { code: 'FORBIDDEN', details: { scope: 'sessions:write' } } },
    });
    expect(await rowsOf(workspaceId)).toEqual([]);
  });

  test('is not brought back by a key that is pinned to another', async () => {
    const { workspaceId, id } = await liveSession(harness);
    await archive(id);
    const other = await harness.newSession({ workspaceId });
    const { apiKey: key } = await harness.newKey(workspaceId, { sessionId: other.id });
    const answer = await call('POST', `/wa/send/${id}`, { key, body: SEND });
    expect(answer.status).toBe(403);
    const [row] = await harness.db.select().from(sessions).where(eq(sessions.id, id));
    expect(row?.archivedAt).not.toBeNull();
  });

  test.each([
    ['qr', 'disconnected'],
    ['logged_out', 'logged_out'],
    ['created', 'created'],
  ] as const)(
    'stays as it is while a phone has to link it: %s, shown as %s',
    async (status, shown) => {
      const { workspaceId, apiKey: key } = await harness.newWorkspace();
      const { id } = await harness.newSession({ workspaceId, status });
      await archive(id, null);
      expect(await call('POST', `/wa/send/${id}`, { key, body: SEND })).toMatchObject({
        status: 409,
        body: { success: false, error: { code: 'WHATSAPP_NOT_READY', details: { status: shown } } },
      });
      const [row] = await harness.db.select().from(sessions).where(eq(sessions.id, id));
      expect(row).toMatchObject({ status, archivedAt: expect.any(Date) });
    },
  );
});

describe('a connection', () => {
  test('is disconnected and archived', async () => {
    const { workspaceId, apiKey: key } = await harness.newWorkspace();
    const { id } = await harness.newSession({ workspaceId, status: 'disconnected' });
    const answer = await call('POST', `/wa/disconnect/${id}`, { key });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ message: `Connection ${id} disconnected and archived.` });
  });
});

test('a webhook is set once for one URL', async () => {
  const { workspaceId, apiKey: key } = await harness.newWorkspace();
  const url = `${harness.filesUrl}/hook`;
  const first = await call('POST', '/wa/webhook', { key, body: { url } });
  const again = await call('POST', '/wa/webhook', { key, body: { url } });
  const rows = await harness.db
    .select()
    .from(webhookEndpoints)
    .where(eq(webhookEndpoints.workspaceId, workspaceId));
  expect(rows).toMatchObject([{ url, eventTypes: ['*'] }]);
  const shown = { success: true, webhookId: rows[0]?.id, url };
  expect([first.body, again.body]).toEqual([shown, shown]);
});

test('a connection of that name in another workspace is not meant', async () => {
  const { name } = await liveSession(harness, { name: 'default' });
  const { apiKey: key } = await harness.newWorkspace();
  expect(await call('POST', `/wa/send/${name}`, { key, body: SEND })).toMatchObject({
    status: 404,
    body: { success: false, error: { code: 'SESSION_NOT_FOUND' } },
  });
});

const path = `/wa/send/${newId('session')}`;
test.each<[string, string, TestRequest, number, string]>([
  ['POST', path, { body: { to: TO } }, 422, 'INVALID_REQUEST'],
  ['POST', path, { body: { ...SEND, Message: 'x', message: undefined } }, 422, 'INVALID_REQUEST'],
  ['POST', path, { body: { ...SEND, to: 'nobody' } }, 422, 'INVALID_REQUEST'],
  ['POST', '/wa/add-number', { body: { name: '' } }, 422, 'INVALID_REQUEST'],
  ['POST', '/wa/webhook', { body: { url: 'ftp://example.com' } }, 422, 'INVALID_REQUEST'],
  ['POST', path, { body: SEND }, 404, 'SESSION_NOT_FOUND'],
  ['GET', '/wa/send', {}, 404, 'NOT_FOUND'],
])('%s %s %# is %i %s', async (method, address, request, status, code) => {
  const { apiKey: key } = await harness.newWorkspace();
  const answer = await call(method, address, { key, ...request });
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({
    success: false,
    error: { code, message: expect.any(String) },
  });
});
