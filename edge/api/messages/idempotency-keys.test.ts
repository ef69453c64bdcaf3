import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createHarness, idOf } from '../../testing/harness.ts';
import {
  HELLO,
  idempotentSends,
  MISMATCH,
  replayed,
  TEXT,
  touch,
} from './testing/idempotent-sends.ts';

const harness = await createHarness();
const { setUp, hold } = idempotentSends(harness);

describe('the same key', () => {
  test.each([
    ['another text', { ...HELLO, text: 'Hullo' }],
    ['another recipient', { ...HELLO, to: '+15550100002' }],
    ['another expiry', { ...HELLO, expiresIn: 60 }],
    ['another reference', { ...HELLO, reference: 'order-4711' }],
  ])('with %s is refused, and the first answer stays', async (_name, other) => {
    const { send, sent } = await setUp();
    const first = await send(HELLO);
    const refused = await send(other);
    expect(refused).toMatchObject(MISMATCH);
    expect(replayed(refused)).toBe(null);
    expect(await send(HELLO)).toMatchObject({ data: first.data });
    expect(await sent()).toHaveLength(1);
  });

  test('with two bodies at once: one wins, the other is refused', async () => {
    const { send, sent, sessionId } = await setUp();
    const released = await hold(touch(sessionId), sessionId, 5);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => send({ ...HELLO, text: n % 2 === 0 ? 'even' : 'odd' })),
    );
    await released();
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array(10).fill(202),
      ...Array(10).fill(422),
    ]);
    expect(await sent()).toHaveLength(1);
  });

  test('in another workspace is another key', async () => {
    const [one, other] = [await setUp(), await setUp()];
    const [first, second] = [await one.send(HELLO), await other.send({ ...HELLO, text: 'Hi' })];
    expect([first, second].map(replayed)).toEqual([null, null]);
    expect(idOf(first)).not.toBe(idOf(second));
  });

  test('on another route is another key', async () => {
    const { send, sent } = await setUp();
    const image = { to: HELLO.to, url: `${harness.filesUrl}/pixel.png` };
    expect(await send(HELLO)).toMatchObject({ status: 202 });
    const second = await send(image, { path: '/v1/messages/image' });
    expect(second).toMatchObject({ status: 202, data: { type: 'image' } });
    expect(replayed(second)).toBe(null);
    expect(await sent()).toHaveLength(2);
  });

  test('shows the message to no API key that does not reach its session', async () => {
    const { send, workspaceId, setStatus } = await setUp();
    await send(HELLO);
    const other = await harness.newSession({ workspaceId });
    const pinned = await harness.newKey(workspaceId, { sessionId: other.id });
    const unscoped = await harness.newKey(workspaceId, { scopes: ['messages:read'] });
    const revoked = await harness.newKey(workspaceId, { revokedAt: new Date(0) });
    await setStatus('online');
    const statusOf = async ({ apiKey }: { apiKey: string }) =>
      (await send(HELLO, { apiKey })).status;
    const byPinned = await send(HELLO, { apiKey: pinned.apiKey });
    expect(byPinned).toMatchObject({ status: 202, data: { sessionId: other.id } });
    expect(await statusOf(unscoped)).toBe(403);
    expect(await statusOf(revoked)).toBe(401);
  });
});

describe('a send that is refused leaves its key free', () => {
  test('by the schema, then by the session', async () => {
    const { send, sent, keys, setStatus } = await setUp();
    expect(await send({ ...HELLO, text: '' })).toMatchObject({ status: 422 });
    await setStatus('qr');
    expect(await send({ ...HELLO, text: 'Later' })).toMatchObject({ status: 409 });
    expect(await keys()).toEqual([]);
    await setStatus('online');
    const accepted = await send(HELLO);
    expect(accepted).toMatchObject({ status: 202 });
    expect(replayed(accepted)).toBe(null);
    expect(await sent()).toHaveLength(1);
  });

  test('because its session was deleted while it waited for it', async () => {
    const { send, sent, keys, sessionId } = await setUp();
    const released = await hold(sql`delete from sessions where id = ${sessionId}`, sessionId, 1);
    expect(await send(HELLO)).toMatchObject({ status: 404, error: { code: 'SESSION_NOT_FOUND' } });
    await released();
    expect([...(await sent()), ...(await keys())]).toEqual([]);
  });
});

describe('the header', () => {
  test.each([
    ['empty', ''],
    ['with a blank', 'order 1'],
    ['of 256 characters', 'k'.repeat(256)],
    ['not in ASCII', 'clé'],
  ])('that is %s is refused', async (_name, key) => {
    const { send, sent } = await setUp();
    expect(await send(HELLO, { key })).toMatchObject({
      status: 422,
      error: {
        code: 'VALIDATION_ERROR',
        details: { fields: [{ in: 'headers', field: 'idempotency-key' }] },
      },
    });
    expect(await sent()).toEqual([]);
  });

  test.each(['k'.repeat(255), `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`])('%s is taken', async (key) => {
    const { send } = await setUp();
    expect(await send(HELLO, { key })).toMatchObject({ status: 202 });
    expect(replayed(await send(HELLO, { key }))).toBe('true');
  });

  test('sends under 20 keys at once take the queue’s numbers without a gap', async () => {
    const { send, sent } = await setUp();
    await Promise.all(Array.from({ length: 20 }, (_, n) => send(HELLO, { key: `order-${n}` })));
    const numbers = (await sent()).map(({ queueSeq }) => queueSeq ?? 0);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  test('is in the OpenAPI document of every send, with an example', async () => {
    const response = await harness.request('GET', '/openapi.json');
    const { paths } = (await response.json()) as {
      paths: Record<string, { post?: { parameters?: unknown[] } }>;
    };
    for (const path of [TEXT, '/v1/messages/image', '/v1/messages/{id}/reply'])
      expect(paths[path]?.post?.parameters, path).toContainEqual(
        expect.objectContaining({
          in: 'header',
          name: 'idempotency-key',
          required: false,
          schema: expect.objectContaining({ example: expect.any(String) }),
        }),
      );
  });
});
