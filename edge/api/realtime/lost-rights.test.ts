import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { newOwnedSession } from '../../services/reports/testing/report-fixtures.ts';
import { createHarness } from '../../testing/harness.ts';
import { hubOf } from '../../testing/hub-environments.ts';
import { connect } from '../../testing/realtime-client.ts';

const harness = await createHarness();
const { db, schema } = harness;

/** The hub's own look at its sockets, which comes every few seconds. */
const look = (workspaceId: string) => runDurableObjectAlarm(hubOf(workspaceId));
const withoutLook = (workspaceId: string) =>
  runInDurableObject(hubOf(workspaceId), (_hub, state) => state.storage.deleteAlarm());

describe('whoever loses the right to read', () => {
  const inOwnWorkspace = async () => {
    const user = await harness.newUser();
    const { apiKey, keyId } = await harness.newKey(user.workspaceId);
    return { ...user, apiKey, keyId };
  };
  type World = Awaited<ReturnType<typeof inOwnWorkspace>>;
  const { apiKeys, members, users, workspaces, authSessions } = schema;
  const cases: [string, 'apiKey' | 'token', number, (world: World) => Promise<unknown>][] = [
    [
      'a revoked key',
      'apiKey',
      4001,
      ({ keyId }) => db.update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, keyId)),
    ],
    [
      'a key without the scope',
      'apiKey',
      4003,
      ({ keyId }) =>
        db
          .update(apiKeys)
          .set({ scopes: ['messages:send'] })
          .where(eq(apiKeys.id, keyId)),
    ],
    [
      'a suspended workspace',
      'apiKey',
      4003,
      ({ workspaceId }) =>
        db.update(workspaces).set({ isActive: false }).where(eq(workspaces.id, workspaceId)),
    ],
    [
      'a disabled user',
      'token',
      4001,
      ({ userId }) => db.update(users).set({ isActive: false }).where(eq(users.id, userId)),
    ],
    [
      'a removed member',
      'token',
      4003,
      ({ userId }) => db.delete(members).where(eq(members.userId, userId)),
    ],
    [
      'a login that ended',
      'token',
      4001,
      ({ authSessionId }) => db.delete(authSessions).where(eq(authSessions.id, authSessionId)),
    ],
  ];

  it.each(cases)('is closed: %s', async (_name, credential, code, lose) => {
    const world = await inOwnWorkspace();
    const client = await connect(harness, '', { key: world[credential] });
    await client.frame('ready');
    await look(world.workspaceId);
    await lose(world);
    await look(world.workspaceId);
    expect(await client.closed).toMatchObject({ code });
  });

  it('is closed when the session that it listens to is deleted', async () => {
    const { workspaceId, sessionId, apiKey: key } = await newOwnedSession(harness);
    const client = await connect(harness, `sessionIds=${sessionId}`, { key });
    const all = await connect(harness, '', { key });
    await db.delete(schema.sessions).where(eq(schema.sessions.id, sessionId));
    await look(workspaceId);
    expect(await client.closed).toMatchObject({ code: 4004 });
    all.send('ping');
    expect(await all.frame('pong')).toBeDefined();
  });
});

describe('at once, without the hub’s own look', () => {
  const crew = async () => {
    const boss = await harness.newUser();
    const { workspaceId } = boss;
    const member = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
    const { apiKey, keyId } = await harness.newKey(workspaceId);
    const ofMember = await harness.newKey(workspaceId, { userId: member.userId });
    const change = (method: string, path: string, body?: object) =>
      harness.call(method, `/v1${path}`, { key: boss.token, ...(body && { body }) });
    return {
      workspaceId,
      keyId,
      member,
      change,
      keys: { apiKey, token: member.token, ofMember: ofMember.apiKey },
    };
  };
  type Crew = Awaited<ReturnType<typeof crew>>;
  const cases: [string, keyof Crew['keys'], number, (crew: Crew) => ReturnType<Crew['change']>][] =
    [
      ['a revoked key', 'apiKey', 4001, ({ keyId, change }) => change('DELETE', `/keys/${keyId}`)],
      [
        'a paused key',
        'apiKey',
        4001,
        ({ keyId, change }) => change('PATCH', `/keys/${keyId}`, { isActive: false }),
      ],
      [
        'a key without the scope',
        'apiKey',
        4003,
        ({ keyId, change }) => change('PATCH', `/keys/${keyId}`, { scopes: ['messages:send'] }),
      ],
      [
        'a key that was replaced',
        'apiKey',
        4001,
        ({ keyId, change }) => change('POST', `/keys/${keyId}/rotate`, { overlapSeconds: 0 }),
      ],
      [
        'a removed member',
        'token',
        4003,
        ({ member, change }) => change('DELETE', `/workspace/members/${member.userId}`),
      ],
      [
        'a key of a removed member',
        'ofMember',
        4001,
        ({ member, change }) => change('DELETE', `/workspace/members/${member.userId}`),
      ],
    ];

  it.each(cases)('is closed: %s', async (_name, credential, code, lose) => {
    const world = await crew();
    const client = await connect(harness, '', { key: world.keys[credential] });
    await client.frame('ready');
    await withoutLook(world.workspaceId);
    expect(await lose(world)).toMatchObject({ success: true });
    expect(await client.closed).toMatchObject({ code });
  });

  it('is closed: who listens to a deleted session alone', async () => {
    const { workspaceId, sessionId, apiKey: key } = await newOwnedSession(harness);
    const client = await connect(harness, `sessionIds=${sessionId}`, { key });
    const all = await connect(harness, '', { key });
    await withoutLook(workspaceId);
    await harness.call('DELETE', `/v1/sessions/${sessionId}`, { key });
    expect(await client.closed).toMatchObject({ code: 4004 });
    all.send('ping');
    expect(await all.frame('pong')).toBeDefined();
  });
});
