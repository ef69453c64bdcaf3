import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hashApiKey } from '../../../shared/api-key.ts';
import { newId } from '../../../shared/ids.ts';
import { KEY_LIMIT } from '../../services/keys/create-key.ts';
import { type Answer, createHarness, type Harness, idOf } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const create = (key: string, body: Record<string, unknown> = {}): Promise<Answer> =>
  harness.call('POST', '/v1/keys', {
    key,
    body: { name: 'made', scopes: ['sessions:read'], ...body },
  });
const change = (key: string, id: string, body: Record<string, unknown>): Promise<Answer> =>
  harness.call('PATCH', `/v1/keys/${id}`, { key, body });
const rotate = (key: string, id: string, body?: Record<string, unknown>): Promise<Answer> =>
  harness.call('POST', `/v1/keys/${id}/rotate`, { key, ...(body === undefined ? {} : { body }) });
const revoke = (key: string, id: string): Promise<Answer> =>
  harness.call('DELETE', `/v1/keys/${id}`, { key });
const list = (key: string): Promise<Answer> => harness.call('GET', '/v1/keys', { key });
const read = (key: string): Promise<Answer> => harness.call('GET', '/v1/sessions', { key });

const keyOf = ({ data }: Answer): string => z.object({ key: z.string() }).parse(data).key;
const rowOf = (id: string) =>
  harness.db.query.apiKeys.findFirst({ where: eq(harness.schema.apiKeys.id, id) });

describe('a key', () => {
  test('is shown whole once, and works', async () => {
    const { apiKey, keyId } = await harness.newWorkspace({ perMinute: 90 });
    const made = await create(apiKey, { perMinute: 90 });
    expect(made).toMatchObject({
      status: 201,
      data: {
        id: expect.stringMatching(/^key_/),
        name: 'made',
        mode: 'live',
        scopes: ['sessions:read'],
        sessionId: null,
        allowedIps: null,
        perMinute: 90,
        isActive: true,
        expiresAt: null,
        previousKeyUntil: null,
        lastUsedAt: null,
        createdBy: keyId,
        key: expect.stringMatching(/^wp_live_[\w-]+\.[\w-]+\.[\w-]+$/),
      },
    });
    expect(await read(keyOf(made))).toMatchObject({ status: 200 });

    const listed = await list(apiKey);
    expect(listed).toMatchObject({ status: 200, data: [{ id: keyId }, { id: idOf(made) }] });
    expect(JSON.stringify(listed)).not.toContain(keyOf(made));
    const row = await rowOf(idOf(made));
    expect(row?.sha256).toBe(await hashApiKey(keyOf(made)));
    expect(JSON.stringify(row)).not.toContain(keyOf(made));
  });

  test('is pinned by a session’s name, and changes where it is told to', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const session = await harness.newSession({ workspaceId });
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await create(apiKey, {
      mode: 'test',
      sessionId: session.name,
      expiresAt,
      allowedIps: ['203.0.113.9/24', '::ffff:192.0.2.1', '203.0.113.0/24'],
    });
    expect(made).toMatchObject({
      status: 201,
      data: {
        mode: 'test',
        sessionId: session.id,
        expiresAt,
        allowedIps: ['203.0.113.0/24', '192.0.2.1/32'],
        key: expect.stringMatching(/^wp_test_/),
      },
    });
    const after = await change(apiKey, idOf(made), {
      name: 'renamed',
      scopes: ['messages:*'],
      sessionId: null,
      expiresAt: null,
      allowedIps: null,
    });
    expect(after).toMatchObject({
      status: 200,
      data: {
        name: 'renamed',
        scopes: ['messages:*'],
        sessionId: null,
        expiresAt: null,
        allowedIps: null,
        mode: 'test',
      },
    });
    expect(await change(apiKey, idOf(made), {})).toMatchObject({ status: 200, data: after.data });
  });

  test('is paused and resumed', async () => {
    const { apiKey } = await harness.newWorkspace();
    const made = await create(apiKey);
    await change(apiKey, idOf(made), { isActive: false });
    expect(await read(keyOf(made))).toMatchObject({ status: 401 });
    await change(apiKey, idOf(made), { isActive: true });
    expect(await read(keyOf(made))).toMatchObject({ status: 200 });
  });

  test('can revoke itself, and is then no more', async () => {
    const { apiKey } = await harness.newWorkspace();
    const made = await create(apiKey, { scopes: ['keys:write'] });
    const path = idOf(made);
    expect(await revoke(keyOf(made), path)).toMatchObject({ status: 200, data: { deleted: true } });
    expect(await revoke(keyOf(made), path)).toMatchObject({ status: 401 });
    expect(await revoke(apiKey, path)).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
    expect(await change(apiKey, path, { name: 'x' })).toMatchObject({ status: 404 });
    expect(await rotate(apiKey, path)).toMatchObject({ status: 404 });
    expect(JSON.stringify((await list(apiKey)).data)).not.toContain(path);
    expect((await rowOf(path))?.revokedAt).toBeInstanceOf(Date);
  });

  test('comes with a warning when it is limited to addresses that nobody knows here', async () => {
    const { apiKey } = await harness.newWorkspace();
    const env = { CLIENT_IP_HEADER: '' };
    const ask = (method: string, path: string, body: unknown) =>
      harness.call(method, path, { key: apiKey, body, env });
    const warned = { warnings: [expect.stringContaining('CLIENT_IP_HEADER')] };
    const limited = { allowedIps: ['203.0.113.0/24'] };
    const made = await ask('POST', '/v1/keys', { name: 'x', scopes: ['keys:read'], ...limited });
    expect(made).toMatchObject({ status: 201, meta: warned });
    const path = `/v1/keys/${idOf(made)}`;
    expect(await ask('PATCH', path, { name: 'y' })).toMatchObject({ status: 200, meta: warned });
    expect(await ask('POST', `${path}/rotate`, {})).toMatchObject({ status: 200, meta: warned });
    expect((await ask('PATCH', path, { allowedIps: null })).meta).not.toHaveProperty('warnings');
    expect((await create(apiKey, limited)).meta).not.toHaveProperty('warnings');
  });

  test('is one of so many, also when they are made at once', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const row = { workspaceId, name: 'one of many', mode: 'live' as const };
    await harness.db.insert(harness.schema.apiKeys).values(
      Array.from({ length: KEY_LIMIT - 4 }, () => {
        const id = newId('key');
        return { ...row, id, sha256: id };
      }),
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(apiKey)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(answer).toMatchObject({
        status: 403,
        error: { code: 'LIMIT_EXCEEDED', details: { limit: KEY_LIMIT } },
      });
  });

  test.each([
    [{ name: '' }],
    [{ scopes: [] }],
    [{ scopes: ['messages:delete'] }],
    [{ scopes: ['messages'] }],
    [{ mode: 'sandbox' }],
    [{ expiresAt: '2020-01-01T00:00:00Z' }],
    [{ expiresAt: 'tomorrow' }],
    [{ allowedIps: [] }],
    [{ allowedIps: ['10.0.0.0/33'] }],
    [{ allowedIps: ['example.com'] }],
    [{ allowedIps: ['0.0.0.0/0'] }],
    [{ allowedIps: ['203.0.113.0/24', '::/0'] }],
    [{ perMinute: 0 }],
    [{ perMinute: 1.5 }],
    [{ isAdmin: true }],
    [{ createdBy: 'key_x' }],
  ])('is not made of %j', async (body) => {
    const { apiKey } = await harness.newWorkspace();
    expect(await create(apiKey, body)).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR' },
    });
  });

  test('is not pinned to a session that is not there', async () => {
    const { apiKey } = await harness.newWorkspace();
    const other = await harness.newWorkspace();
    const foreign = await harness.newSession({ workspaceId: other.workspaceId });
    for (const sessionId of ['nobody', foreign.id])
      expect(await create(apiKey, { sessionId })).toMatchObject({
        status: 404,
        error: { code: 'SESSION_NOT_FOUND' },
      });
  });
});

describe('a rotation', () => {
  test('leaves the old key working for a day, then no longer', async () => {
    const { apiKey } = await harness.newWorkspace();
    const made = await create(apiKey);
    const rotated = await rotate(apiKey, idOf(made));
    expect(rotated).toMatchObject({ status: 200, data: { id: idOf(made), name: 'made' } });
    const until = z.object({ previousKeyUntil: z.iso.datetime() }).parse(rotated.data);
    const hours = (Date.parse(until.previousKeyUntil) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    expect(keyOf(rotated)).not.toBe(keyOf(made));
    expect(await read(keyOf(made))).toMatchObject({ status: 200 });
    expect(await read(keyOf(rotated))).toMatchObject({ status: 200 });

    const { apiKeys } = harness.schema;
    await harness.db
      .update(apiKeys)
      .set({ previousUntil: new Date(Date.now() - 1_000) })
      .where(eq(apiKeys.id, idOf(made)));
    expect(await read(keyOf(made))).toMatchObject({ status: 401 });
    expect(await read(keyOf(rotated))).toMatchObject({ status: 200 });
  });

  test('with no overlap ends the old key at once, and a second one the first', async () => {
    const { apiKey } = await harness.newWorkspace();
    const made = await create(apiKey);
    const second = await rotate(apiKey, idOf(made), { overlapSeconds: 60 });
    const third = await rotate(apiKey, idOf(made), { overlapSeconds: 60 });
    expect(await read(keyOf(made))).toMatchObject({ status: 401 });
    expect(await read(keyOf(second))).toMatchObject({ status: 200 });
    const fourth = await rotate(apiKey, idOf(made), { overlapSeconds: 0 });
    expect(fourth).toMatchObject({ data: { previousKeyUntil: null } });
    expect(await read(keyOf(second))).toMatchObject({ status: 401 });
    expect(await read(keyOf(third))).toMatchObject({ status: 401 });
    expect(await read(keyOf(fourth))).toMatchObject({ status: 200 });
  });

  test('is followed by a revocation of both', async () => {
    const { apiKey } = await harness.newWorkspace();
    const made = await create(apiKey);
    const rotated = await rotate(apiKey, idOf(made));
    await revoke(apiKey, idOf(made));
    expect(await read(keyOf(made))).toMatchObject({ status: 401 });
    expect(await read(keyOf(rotated))).toMatchObject({ status: 401 });
  });

  test.each([-1, 604_801, 1.5])('does not overlap by %d s', async (overlapSeconds) => {
    const { apiKey, keyId } = await harness.newWorkspace();
    expect(await rotate(apiKey, keyId, { overlapSeconds })).toMatchObject({ status: 422 });
  });
});
