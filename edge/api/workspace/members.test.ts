import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import { securityEvents } from '../../testing/security-events.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const MEMBERS = '/v1/workspace/members';
const list = (key: string, query = '') => harness.call('GET', `${MEMBERS}${query}`, { key });
const patch = (key: string, id: string, body: unknown) =>
  harness.call('PATCH', `${MEMBERS}/${id}`, { key, body });
const remove = (key: string, id: string) => harness.call('DELETE', `${MEMBERS}/${id}`, { key });
const me = (key: string) => harness.call('GET', '/v1/me', { key });

async function team() {
  const owner = await harness.newUser();
  const { workspaceId } = owner;
  const member = await harness.newUser({ workspaceId, role: 'member' });
  return { workspaceId, owner, member };
}

const ownersOf = async (workspaceId: string): Promise<string[]> => {
  const rows = await harness.db.query.members.findMany({
    where: eq(harness.schema.members.workspaceId, workspaceId),
  });
  return rows.filter(({ role }) => role === 'owner').map(({ userId }) => userId);
};

describe('members', () => {
  test('are listed page by page, to owners and members, of their workspace alone', async () => {
    const { owner, member } = await team();
    await team();
    const first = await list(member.token, '?limit=1');
    expect(first).toMatchObject({
      status: 200,
      data: [{ id: member.userId, email: member.email, role: 'member', allSessions: false }],
    });
    const rest = await list(owner.token, `?limit=1&cursor=${String(first.meta['nextCursor'])}`);
    expect(rest).toMatchObject({
      data: [{ id: owner.userId, role: 'owner', allSessions: true }],
      meta: { nextCursor: null },
    });
  });

  test('get another role and reach from an owner, which is written down', async () => {
    const { workspaceId, owner, member } = await team();
    expect(await patch(owner.token, member.userId, { allSessions: true })).toMatchObject({
      status: 200,
      data: { id: member.userId, role: 'member', allSessions: true },
    });
    expect(await patch(owner.token, member.userId, { role: 'owner' })).toMatchObject({
      data: { role: 'owner' },
    });
    expect(await patch(member.token, owner.userId, { role: 'member' })).toMatchObject({
      data: { role: 'member', allSessions: false },
    });
    expect(await patch(member.token, owner.userId, {})).toMatchObject({ status: 200 });
    const by = (actor: string, action: string, target: string, details: object) =>
      expect.objectContaining({ action, actorId: actor, target, details, kind: 'security' });
    expect(await securityEvents(harness, workspaceId)).toEqual([
      by(owner.userId, 'member.reach_changed', member.userId, { allSessions: true }),
      by(owner.userId, 'member.role_changed', member.userId, { from: 'member', to: 'owner' }),
      by(member.userId, 'member.role_changed', owner.userId, { from: 'owner', to: 'member' }),
    ]);
    const requests = await harness.db.query.auditLog.findMany({
      where: eq(harness.schema.auditLog.workspaceId, workspaceId),
    });
    const changes = requests.filter(
      ({ kind, action }) => kind === 'request' && action === 'updateMember',
    );
    expect(changes.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test('are not changed by members, nor by keys', async () => {
    const { workspaceId, owner, member } = await team();
    const { apiKey } = await harness.newKey(workspaceId);
    const other = await harness.newUser({ workspaceId, role: 'member' });
    for (const key of [member.token, apiKey])
      for (const answer of [
        await patch(key, member.userId, { role: 'owner' }),
        await remove(key, other.userId),
        await remove(key, owner.userId),
      ])
        expect(answer).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
    expect(await list(apiKey)).toMatchObject({ status: 403 });
    expect(await ownersOf(workspaceId)).toEqual([owner.userId]);
    expect(await me(other.token)).toMatchObject({ status: 200, data: { workspaceId } });
  });

  test('of another workspace are not there', async () => {
    const { owner } = await team();
    const { workspaceId, owner: other } = await team();
    for (const act of [
      (id: string) => patch(owner.token, id, { role: 'member' }),
      (id: string) => remove(owner.token, id),
    ]) {
      const foreign = await act(other.userId);
      expect(foreign).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
      for (const id of [newId('user'), 'nobody'])
        expect((await act(id)).error).toEqual(foreign.error);
    }
    expect(await ownersOf(workspaceId)).toEqual([other.userId]);
  });

  test.each([[{ role: 'admin' }], [{ allSessions: 'yes' }], [{ userId: 'usr_x' }]])(
    'refuses %j',
    async (body) => {
      const { owner, member } = await team();
      expect(await patch(owner.token, member.userId, body)).toMatchObject({ status: 422 });
    },
  );
});

describe('a member who is removed', () => {
  test('loses access at once, with every login', async () => {
    const { workspaceId, owner, member } = await team();
    const before = await harness.call('GET', '/v1/workspace', {
      headers: { cookie: member.cookie },
    });
    expect(before).toMatchObject({ data: { id: workspaceId } });
    expect(await remove(owner.token, member.userId)).toMatchObject({
      status: 200,
      data: { id: member.userId, deleted: true, apiKeys: { revoked: [], takenOver: [] } },
    });
    for (const options of [{ key: member.token }, { headers: { cookie: member.cookie } }])
      expect(await harness.call('GET', '/v1/workspace', options)).toMatchObject({
        status: 200,
        data: { id: expect.not.stringMatching(workspaceId) },
      });
    expect(await remove(owner.token, member.userId)).toMatchObject({ status: 404 });
    expect(await securityEvents(harness, workspaceId)).toMatchObject([
      { action: 'member.removed', target: member.userId, actorId: owner.userId },
    ]);
  });

  test.each([
    ['removed', 'member.removed'],
    ['left', 'member.left'],
  ])('leaves their webhook endpoints behind, by name: %s', async (how, action) => {
    const owner = await harness.newUser();
    const { workspaceId } = owner;
    const member = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
    const body = { url: 'https://example.com/hooks', eventTypes: ['*'] };
    const make = async (key: string) => {
      const made = await harness.call('POST', '/v1/webhooks', { key, body });
      return z.object({ id: z.string(), createdBy: z.string() }).parse(made.data);
    };
    const { apiKey, keyId } = await harness.newKey(workspaceId, { userId: member.userId });
    await make(owner.token);
    const own = [await make(member.token), await make(apiKey)];
    expect(own.map(({ createdBy }) => createdBy)).toEqual([member.userId, keyId]);
    const webhooks = own.map(({ id }) => id);
    const actor = how === 'left' ? member : owner;
    expect(await remove(actor.token, member.userId)).toMatchObject({ data: { webhooks } });
    for (const { id, createdBy } of own)
      expect(await harness.call('GET', `/v1/webhooks/${id}`, { key: owner.token })).toMatchObject({
        data: { createdBy, isActive: true },
      });
    const told = await securityEvents(harness, workspaceId);
    expect(told.find((event) => event.action === action)).toMatchObject({ details: { webhooks } });
  });

  test('may be the caller', async () => {
    const { workspaceId, member } = await team();
    expect(await remove(member.token, member.userId)).toMatchObject({
      status: 200,
      data: { id: member.userId, deleted: true },
    });
    expect(await me(member.token)).toMatchObject({
      status: 200,
      data: { workspaceId: expect.not.stringMatching(workspaceId) },
    });
    expect(await securityEvents(harness, workspaceId)).toMatchObject([{ action: 'member.left' }]);
  });
});

describe('the last owner', () => {
  test('stays, and stays an owner', async () => {
    const { workspaceId, owner } = await team();
    for (const answer of [
      await patch(owner.token, owner.userId, { role: 'member' }),
      await remove(owner.token, owner.userId),
    ])
      expect(answer).toMatchObject({
        status: 409,
        error: { code: 'CONFLICT', details: { reason: 'last_owner' } },
      });
    expect(await ownersOf(workspaceId)).toEqual([owner.userId]);
  });

  test('is one who may sign in', async () => {
    const { workspaceId, owner } = await team();
    const disabled = await harness.newUser({ workspaceId });
    const { users } = harness.schema;
    await harness.db.update(users).set({ isActive: false }).where(eq(users.id, disabled.userId));
    expect(await remove(owner.token, owner.userId)).toMatchObject({ status: 409 });
    expect(await remove(owner.token, disabled.userId)).toMatchObject({ status: 200 });
  });

  test.each([
    ['demote each other', (key: string, id: string) => patch(key, id, { role: 'member' })],
    ['remove each other', remove],
    [
      'leave',
      (_key: string, _id: string, own: { token: string; userId: string }) =>
        remove(own.token, own.userId),
    ],
  ])('is left when two owners %s at once', async (_name, act) => {
    for (let round = 0; round < 5; round += 1) {
      const first = await harness.newUser();
      const { workspaceId } = first;
      const second = await harness.newUser({ workspaceId });
      const answers = await Promise.all([
        act(first.token, second.userId, first),
        act(second.token, first.userId, second),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(await ownersOf(workspaceId)).toHaveLength(1);
    }
  });
});

describe('an owner who is one no more', () => {
  test.each([
    ['demotes', (key: string, id: string) => patch(key, id, { role: 'member' })],
    ['removes', remove],
  ])('%s nobody, not even by a request that began before', async (_name, act) => {
    for (let round = 0; round < 5; round += 1) {
      const { workspaceId, token, userId } = await harness.newUser();
      const [second, third] = [
        await harness.newUser({ workspaceId }),
        await harness.newUser({ workspaceId }),
      ];
      const answers = await Promise.all([act(token, second.userId), act(second.token, userId)]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const owners = await ownersOf(workspaceId);
      expect(owners).toHaveLength(2);
      expect(owners).toContain(third.userId);
    }
  });
});
