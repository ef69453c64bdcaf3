import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const get = (key: string) => harness.call('GET', '/v1/workspace', { key });
const patch = (key: string, body: unknown) => harness.call('PATCH', '/v1/workspace', { key, body });
const createSession = (key: string, body: Record<string, unknown> = {}) =>
  harness.call('POST', '/v1/sessions', {
    key,
    body: { name: `s-${crypto.randomUUID()}`, mode: 'sandbox', ...body },
  });

describe('the workspace', () => {
  test('shows its settings, its limit and what is used', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace({ tier: 'basic' });
    const { id } = await harness.newSession({ workspaceId, isDefault: true });
    const archived = await harness.newSession({ workspaceId });
    const { sessions } = harness.schema;
    await harness.db
      .update(sessions)
      .set({ archivedAt: new Date() })
      .where(eq(sessions.id, archived.id));
    expect(await get(apiKey)).toMatchObject({
      status: 200,
      data: {
        id: workspaceId,
        tier: 'basic',
        maxSessions: 5,
        sessionsUsed: 1,
        maxMediaBytes: 1024 ** 3,
        mediaBytesUsed: 0,
        defaultSessionId: id,
        region: null,
        timeZone: 'UTC',
        cleanupTime: '00:00',
        mediaRetentionHours: 24,
        contentRetentionDays: 1,
        pacing: null,
      },
    });
  });

  test('shows a member the same', async () => {
    const { workspaceId } = await harness.newUser();
    const { token } = await harness.newUser({ workspaceId, role: 'member' });
    expect(await get(token)).toMatchObject({ status: 200, data: { id: workspaceId } });
  });

  test('is changed by an owner, and keeps what is not given', async () => {
    const { token, workspaceId } = await harness.newUser();
    const session = await harness.newSession({ workspaceId, name: 'support' });
    const settings = {
      name: 'Order desk',
      timeZone: 'America/New_York',
      cleanupTime: '23:59',
      mediaRetentionHours: 8760,
      contentRetentionDays: 0,
      region: 'fra',
      pacing: { minIntervalMs: 0, jitterMs: 600_000 },
    };
    const changed = { ...settings, defaultSessionId: session.id };
    expect(await patch(token, { ...settings, defaultSessionId: 'support' })).toMatchObject({
      status: 200,
      data: changed,
    });
    expect(await patch(token, {})).toMatchObject({ data: changed });
    const cleared = { defaultSessionId: null, region: null, pacing: null };
    expect(await patch(token, cleared)).toMatchObject({ data: { ...settings, ...cleared } });
  });

  test('gives its pacing to sessions that are created without one', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const plain = { minIntervalMs: 1500, jitterMs: 500 };
    expect(await createSession(apiKey)).toMatchObject({ data: { pacing: plain } });
    const pacing = { minIntervalMs: 3000, jitterMs: 0 };
    await patch(apiKey, { pacing });
    expect(await createSession(apiKey)).toMatchObject({ status: 201, data: { pacing } });
    expect(await createSession(apiKey, { pacing: plain })).toMatchObject({
      data: { pacing: plain },
    });
    expect(await get(apiKey)).toMatchObject({ data: { id: workspaceId, pacing, sessionsUsed: 3 } });
  });

  test('is changed by a key with the scope', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey } = await harness.newKey(workspaceId, { scopes: ['workspace:write'] });
    expect(await patch(apiKey, { name: 'by key' })).toMatchObject({
      status: 200,
      data: { name: 'by key' },
    });
    expect(await get(apiKey)).toMatchObject({
      status: 403,
      error: { details: { scope: 'workspace:read' } },
    });
  });

  test.each([
    [
      'a member',
      async (workspaceId: string) =>
        (await harness.newUser({ workspaceId, role: 'member', allSessions: true })).token,
    ],
    [
      'a test key',
      async (workspaceId: string) => (await harness.newKey(workspaceId, { mode: 'test' })).apiKey,
    ],
    [
      'a pinned key',
      async (workspaceId: string) => {
        const { id: sessionId } = await harness.newSession({ workspaceId });
        return (await harness.newKey(workspaceId, { sessionId })).apiKey;
      },
    ],
    [
      'a key that may only read it',
      async (workspaceId: string) =>
        (await harness.newKey(workspaceId, { scopes: ['workspace:read'] })).apiKey,
    ],
  ])('is not changed by %s', async (_who, credentialOf) => {
    const { workspaceId, apiKey } = await harness.newWorkspace();
    const key = await credentialOf(workspaceId);
    expect(await patch(key, { name: 'changed' })).toMatchObject({
      status: 403,
      error: { code: 'FORBIDDEN' },
    });
    expect(await get(key)).toMatchObject({ status: 200 });
    expect(await get(apiKey)).toMatchObject({ data: { name: 'test' } });
  });

  test('takes no other workspace’s session as its default', async () => {
    const { token } = await harness.newUser();
    const { workspaceId: other } = await harness.newWorkspace();
    const foreign = await harness.newSession({ workspaceId: other });
    const refused = await patch(token, { defaultSessionId: foreign.id });
    expect(refused).toMatchObject({ status: 404, error: { code: 'SESSION_NOT_FOUND' } });
    const missing = await patch(token, { defaultSessionId: newId('session') });
    expect(missing.error).toEqual(refused.error);
  });

  test.each([
    [{ timeZone: 'Mars/Olympus' }],
    [{ timeZone: 'GMT+25' }],
    [{ timeZone: null }],
    [{ cleanupTime: '24:00' }],
    [{ cleanupTime: '7:30' }],
    [{ mediaRetentionHours: 0 }],
    [{ mediaRetentionHours: 8761 }],
    [{ contentRetentionDays: -1 }],
    [{ contentRetentionDays: 366 }],
    [{ contentRetentionDays: 0.5 }],
    [{ region: 'Frankfurt am Main' }],
    [{ pacing: { minIntervalMs: 1 } }],
    [{ tier: 'max' }],
    [{ maxSessions: 100 }],
    [{ isActive: true }],
  ])('refuses %j', async (body) => {
    const { apiKey } = await harness.newWorkspace();
    expect(await patch(apiKey, body)).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR' },
    });
  });
});

describe('the limit of sessions', () => {
  test.each([
    ['basic', { tier: 'basic' as const }, 5],
    ['pro', { tier: 'pro' as const }, 20],
    ['a number of its own', { tier: 'basic' as const, maxSessions: 33 }, 33],
    ['a number below its tier’s', { tier: 'max' as const, maxSessions: 2 }, 2],
    ['none', { tier: 'basic' as const, maxSessions: 2_147_483_647 }, 50],
  ])('%s: 50 creations at once end in exactly it', async (_name, options, limit) => {
    const { workspaceId, apiKey } = await harness.newWorkspace(options);
    const answers = await Promise.all(Array.from({ length: 50 }, () => createSession(apiKey)));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(answers.length - refused.length).toBe(limit);
    for (const answer of refused)
      expect(answer).toMatchObject({
        status: 403,
        error: { code: 'LIMIT_EXCEEDED', details: { used: limit, allowed: limit } },
      });
    const rows = await harness.db.query.sessions.findMany({
      where: eq(harness.schema.sessions.workspaceId, workspaceId),
    });
    expect(rows).toHaveLength(limit);
  });
});
