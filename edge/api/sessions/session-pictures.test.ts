import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, type NewSession } from '../../testing/harness.ts';
import { readQrPng } from '../../testing/read-qr-png.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const CODE = '2@kX9vQ7mYw3,Zk1hT0bqv8s=,Qm4uF6y2n1c=,YWR2U2VjcmV0,1';
const EXPIRES_AT = Date.UTC(2026, 10, 21, 10, 0, 20);

async function setUp(session: Partial<NewSession> = {}) {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const runner = harness.newRunner();
  await runner.script({
    qr: { body: { ok: true, result: { qr: CODE, expiresAt: EXPIRES_AT } } },
    screenshot: { body: { ok: true, result: { pngBase64: btoa('\x89PNG picture') } } },
  });
  const { id } = await harness.newSession({
    workspaceId,
    status: 'qr',
    owner: runner.owner,
    ...session,
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    harness.request('GET', `/v1/sessions/${id}${path}`, { key: apiKey, headers });
  return { runner, get };
}

/** The code that an answer carries, read the way its type is read; of an SVG only that it is one can be told. */
async function codeIn(type: string, body: ArrayBuffer): Promise<string | undefined> {
  if (type === 'image/png') return readQrPng(body);
  const text = new TextDecoder().decode(body);
  if (type === 'image/svg+xml') return /^<svg .*<\/svg>$/s.test(text) ? CODE : text;
  if (type === 'application/json') return /"qr":"([^"]*)"/.exec(text)?.[1];
  return text;
}

describe('the QR code', () => {
  test('as JSON, with a picture that a scanner reads', async () => {
    const { get } = await setUp();
    const response = await get('/qr');
    const { data } = await response.json<{ data: Record<string, string> }>();
    expect(data).toMatchObject({ qr: CODE, expiresAt: '2026-11-21T10:00:20.000Z' });
    const png = await (await fetch(data['dataUrl'] ?? '')).arrayBuffer();
    expect(await readQrPng(png)).toBe(CODE);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    ['?format=png', '*/*', 'image/png'],
    ['', 'image/png', 'image/png'],
    ['?format=svg', '*/*', 'image/svg+xml'],
    ['', 'image/svg+xml, text/html;q=0.5', 'image/svg+xml'],
    ['?format=text', '*/*', 'text/plain; charset=UTF-8'],
    ['', 'text/plain', 'text/plain; charset=UTF-8'],
    ['', '*/*', 'application/json'],
  ])('qr%s for a client that accepts %s is %s', async (query, accept, type) => {
    const { get } = await setUp();
    const response = await get(`/qr${query}`, { accept });
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('x-qr-expires-at')).toBe('2026-11-21T10:00:20.000Z');
    const body = await response.arrayBuffer();
    expect(await codeIn(type, body)).toBe(CODE);
  });

  test('is not there for a linked session', async () => {
    const { get, runner } = await setUp({ status: 'online' });
    const response = await get('/qr');
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ error: { code: 'CONFLICT' } });
    expect(await runner.calls()).toEqual([]);
  });

  test('of a session that has just been created is waited for: first the owner, then the code', async () => {
    const { workspaceId, apiKey } = await harness.newWorkspace();
    const runner = harness.newRunner();
    await runner.script({
      qr: { body: { ok: true, result: { qr: CODE, expiresAt: EXPIRES_AT } } },
    });
    // Registers the runner; the session of the test has nobody yet.
    await harness.newSession({ workspaceId, owner: runner.owner });
    const { id } = await harness.newSession({ workspaceId, status: 'created' });
    const waiting = harness.call('GET', `/v1/sessions/${id}/qr?wait=10`, { key: apiKey });
    const { sessionLeases } = harness.schema;
    const { runnerId, bootId } = runner.owner;
    await scheduler.wait(300);
    await harness.db
      .update(sessionLeases)
      .set({ runnerId, bootId, epoch: 1 })
      .where(eq(sessionLeases.sessionId, id));
    expect(await waiting).toMatchObject({ status: 200, data: { qr: CODE } });
    const asked = await runner.calls();
    expect(asked).toMatchObject([
      { name: 'qr', session: id, body: { waitMs: expect.any(Number) } },
    ]);
  });

  test('is waited for, then SESSION_NOT_READY', async () => {
    const { get, runner } = await setUp();
    await runner.script({ qr: { body: { ok: true, result: null } } });
    const response = await get('/qr?wait=2');
    expect(await response.json()).toMatchObject({ error: { code: 'SESSION_NOT_READY' } });
    expect(await runner.calls()).toMatchObject([{ name: 'qr', refused: null }]);
  });

  test('a runner that is out of reach is UNAVAILABLE', async () => {
    const owner = { runnerId: 'runner-far', bootId: 'boot-far', url: 'http://127.0.0.1:9' };
    const { get } = await setUp({ owner });
    const response = await get('/qr');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'UNAVAILABLE' } });
  });
});

test('the screenshot is the runner’s PNG', async () => {
  const { get } = await setUp();
  const response = await get('/screenshot');
  expect(response.headers.get('content-type')).toBe('image/png');
  expect(new Uint8Array(await response.arrayBuffer())).toHaveLength(12);
});
