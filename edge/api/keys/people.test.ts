import { and, eq, isNull } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import revokeKeysOfFormerMembers from '../../../migrations/sql/0013_keys-of-former-members.sql?raw';
import { createHarness, idOf } from '../../testing/harness.ts';
import { securityEvents } from '../../testing/security-events.ts';
import { keyOf, keyTeam } from './testing/team.ts';

const harness = await createHarness();
const { team, create, statusOf, manage } = keyTeam(harness);

describe('a member', () => {
  test.each([['*'], ['workspace:write'], ['workspace:*'], ['audit:read'], ['audit:*']])(
    'cannot give a key what only owners may do: %s',
    async (scope) => {
      const { owner, member } = await team();
      const body = { scopes: ['keys:write', scope] };
      expect(await create(member.token, body)).toMatchObject({
        status: 403,
        error: { code: 'FORBIDDEN', details: { field: 'scopes' } },
      });
      const made = await create(member.token);
      const patched = await harness.call('PATCH', `/v1/keys/${idOf(made)}`, {
        key: member.token,
        body,
      });
      expect(patched).toMatchObject({ status: 403, error: { details: { field: 'scopes' } } });
      expect(await create(owner.token, body)).toMatchObject({ status: 201 });
    },
  );

  test('does not act as an owner by a key of theirs, whatever its row says', async () => {
    const { workspaceId, member } = await team();
    const { apiKey } = await harness.newKey(workspaceId, { userId: member.userId });
    const settings = { key: apiKey, body: { name: 'mine' } };
    expect(await harness.call('PATCH', '/v1/workspace', settings)).toMatchObject({ status: 403 });
    expect(await harness.call('GET', '/v1/audit', { key: apiKey })).toMatchObject({ status: 403 });
    expect(await create(apiKey, { scopes: ['*'] })).toMatchObject({ status: 403 });
    expect(await create(apiKey)).toMatchObject({ status: 201 });
  });

  test.each([
    ['paused', 'PATCH', { isActive: false }, 401],
    ['narrowed', 'PATCH', { scopes: ['messages:send'] }, 403],
    ['revoked', 'DELETE', undefined, 401],
  ])('can have a key of theirs with more scopes %s', async (_how, method, body, refusal) => {
    const { workspaceId, member } = await team();
    const { apiKey, keyId } = await harness.newKey(workspaceId, { userId: member.userId });
    const { apiKey: narrow } = await harness.newKey(workspaceId, {
      userId: member.userId,
      scopes: ['keys:*'],
    });
    const act = (key: string) => harness.call(method, `/v1/keys/${keyId}`, { key, body });
    expect(await act(narrow)).toMatchObject({
      status: 403,
      error: { details: { field: 'scopes' } },
    });
    expect(await act(member.token)).toMatchObject({ status: 200 });
    expect(await statusOf(apiKey)).toBe(refusal);
  });

  test('is not shown a key with more scopes anew', async () => {
    const { workspaceId, member } = await team();
    const { keyId } = await harness.newKey(workspaceId, { userId: member.userId });
    const rotated = await harness.call('POST', `/v1/keys/${keyId}/rotate`, { key: member.token });
    expect(rotated).toMatchObject({ status: 403, error: { details: { field: 'scopes' } } });
  });

  test('neither sees, rotates nor revokes keys of others, by themselves or by a key', async () => {
    const { workspaceId, owner, member } = await team();
    const ofOwner = await create(owner.token, { scopes: ['*'] });
    const { keyId: ofWorkspace } = await harness.newKey(workspaceId);
    const own = await create(member.token);
    for (const by of [member.token, keyOf(own)]) {
      for (const id of [idOf(ofOwner), ofWorkspace]) {
        const rotated = await harness.call('POST', `/v1/keys/${id}/rotate`, { key: by });
        expect(rotated).toMatchObject({ status: 404 });
        const revoked = await harness.call('DELETE', `/v1/keys/${id}`, { key: by });
        expect(revoked).toMatchObject({ status: 404 });
      }
      const { data } = await harness.call('GET', '/v1/keys', { key: by });
      expect(data).toMatchObject([{ id: idOf(own), userId: member.userId }]);
    }
    expect(await statusOf(keyOf(ofOwner))).toBe(200);
  });

  test('reaches by a key only the sessions that they reach', async () => {
    const { workspaceId } = await team();
    const narrow = await harness.newUser({ workspaceId, role: 'member' });
    const mine = await harness.newSession({ workspaceId, createdBy: narrow.userId });
    const other = await harness.newSession({ workspaceId });
    const { apiKey } = await harness.newKey(workspaceId, { userId: narrow.userId });
    const send = (sessionId: string) =>
      harness.call('POST', '/v1/messages/text', {
        key: apiKey,
        body: { to: '+15550100001', text: 'Hello', sessionId },
      });
    expect(await send(mine.id)).toMatchObject({ status: 202 });
    expect(await send(other.id)).toMatchObject({ status: 404 });
    expect(await statusOf(apiKey, `/v1/sessions/${mine.id}`)).toBe(200);
    expect(await statusOf(apiKey, `/v1/sessions/${other.id}`)).toBe(404);
  });
});

describe('a key that a person made, and a key that it made,', () => {
  const chain = async () => {
    const people = await team();
    const first = await create(people.member.token, { name: 'first' });
    const second = await create(keyOf(first), { name: 'second' });
    expect(second).toMatchObject({
      data: { userId: people.member.userId, createdBy: idOf(first) },
    });
    const refs = [first, second].map((made, index) => ({
      id: idOf(made),
      name: ['first', 'second'][index],
    }));
    return { ...people, keys: [keyOf(first), keyOf(second)], refs };
  };
  const statuses = (keys: readonly string[]) => Promise.all(keys.map((key) => statusOf(key)));

  test('go when the person is removed, and the answer lists them', async () => {
    const { workspaceId, owner, member, keys, refs } = await chain();
    expect(await statuses(keys)).toEqual([200, 200]);
    const removed = await manage(owner.token, 'DELETE', member.userId);
    expect(removed).toMatchObject({ data: { apiKeys: { takenOver: [] } } });
    expect(removed.data).toHaveProperty('apiKeys.revoked', expect.arrayContaining(refs));
    expect(await statuses(keys)).toEqual([401, 401]);
    const events = await securityEvents(harness, workspaceId);
    expect(events.filter(({ action }) => action === 'key.revoked')).toHaveLength(2);
  });

  test('go when the person leaves, who cannot hand them to anybody', async () => {
    const { member, keys } = await chain();
    const left = await manage(member.token, 'DELETE', member.userId, { query: '?keys=take_over' });
    expect(left).toMatchObject({ data: { apiKeys: { takenOver: [] } } });
    expect(await statuses(keys)).toEqual([401, 401]);
  });

  test('are not made by a person who is being removed', async () => {
    const { apiKeys } = harness.schema;
    for (let round = 0; round < 5; round += 1) {
      const { owner, member } = await team();
      const making = Array.from({ length: 4 }, () => create(member.token));
      const removed = await manage(owner.token, 'DELETE', member.userId);
      expect(removed).toMatchObject({ status: 200 });
      await Promise.all(making);
      const left = await harness.db.query.apiKeys.findMany({
        where: and(eq(apiKeys.userId, member.userId), isNull(apiKeys.revokedAt)),
      });
      expect(left.filter(({ workspaceId }) => workspaceId === owner.workspaceId)).toEqual([]);
    }
  });

  test('were revoked by the migration where the person had left before', async () => {
    const { workspaceId, member } = await team();
    const former = await harness.newUser();
    const { keyId: left } = await harness.newKey(workspaceId, { userId: former.userId });
    const { keyId: held } = await harness.newKey(workspaceId, { userId: member.userId });
    const { keyId: ofWorkspace } = await harness.newKey(workspaceId);
    await harness.db.execute(revokeKeysOfFormerMembers);
    const rows = await harness.db.query.apiKeys.findMany({
      where: and(
        eq(harness.schema.apiKeys.workspaceId, workspaceId),
        isNull(harness.schema.apiKeys.revokedAt),
      ),
    });
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([held, ofWorkspace]));
    expect(rows.map(({ id }) => id)).not.toContain(left);
  });

  test('stay when an owner takes them over, and are the owner’s then', async () => {
    const { owner, member, keys, refs } = await chain();
    const removed = await manage(owner.token, 'DELETE', member.userId, {
      query: '?keys=take_over',
    });
    expect(removed.data).toHaveProperty('apiKeys.takenOver', expect.arrayContaining(refs));
    expect(await statuses(keys)).toEqual([200, 200]);
    const { data } = await harness.call('GET', '/v1/keys', { key: owner.token });
    const Keys = z.array(z.object({ userId: z.string() }));
    expect(Keys.parse(data).map(({ userId }) => userId)).toEqual([owner.userId, owner.userId]);
  });

  test('stop while the person is disabled', async () => {
    const { member, keys, refs, workspaceId } = await chain();
    const admin = await harness.newUser({ isAdmin: true });
    const enable = (isActive: boolean) =>
      harness.call('PATCH', `/v1/admin/users/${member.userId}`, {
        key: admin.token,
        body: { isActive },
      });
    const disabled = await enable(false);
    expect(disabled.data).toHaveProperty(
      'stoppedKeys',
      expect.arrayContaining(refs.map((ref) => ({ ...ref, workspaceId }))),
    );
    expect(await statuses(keys)).toEqual([401, 401]);
    expect(await enable(true)).toMatchObject({ data: { stoppedKeys: [] } });
    expect(await statuses(keys)).toEqual([200, 200]);
  });
});
