import { describe, expect, test } from 'vitest';
import { createHarness, idOf } from '../../testing/harness.ts';
import { keyOf, keyTeam } from './testing/team.ts';

const harness = await createHarness();
const { team, create, statusOf, manage } = keyTeam(harness);

describe('a person who loses a right', () => {
  test('loses the keys that need it, and no others', async () => {
    const { workspaceId, owner } = await team();
    const second = await harness.newUser({ workspaceId });
    const session = await harness.newSession({ workspaceId, createdBy: second.userId });
    const whole = await create(second.token, { scopes: ['*'] });
    const wide = await create(second.token);
    const pinned = await create(second.token, { sessionId: session.id });
    const keys = [whole, wide, pinned].map(keyOf);
    const demote = (body: unknown) => manage(owner.token, 'PATCH', second.userId, { body });

    const demoted = await demote({ role: 'member', allSessions: true });
    expect(demoted).toMatchObject({ data: { apiKeys: { revoked: [{ id: idOf(whole) }] } } });
    expect(await Promise.all(keys.map((key) => statusOf(key)))).toEqual([401, 200, 200]);

    const narrowed = await demote({ allSessions: false, keys: 'take_over' });
    expect(narrowed).toMatchObject({ data: { apiKeys: { takenOver: [{ id: idOf(wide) }] } } });
    expect(await Promise.all(keys.map((key) => statusOf(key)))).toEqual([401, 200, 200]);
    const { data } = await harness.call('GET', '/v1/keys', { key: second.token });
    expect(data).toMatchObject([{ id: idOf(pinned) }]);
  });
});

describe('a member whose key is taken over', () => {
  test('keeps the sessions that it created, and the keys pinned to them', async () => {
    const { owner, member } = await team();
    const wide = await create(member.token, { scopes: ['sessions:*'] });
    const created = await harness.call('POST', '/v1/sessions', {
      key: keyOf(wide),
      body: { name: 'by a key', mode: 'sandbox' },
    });
    expect(created).toMatchObject({ status: 201 });
    const sessionId = idOf(created);
    const pinned = await create(member.token, { sessionId });
    const narrowed = await manage(owner.token, 'PATCH', member.userId, {
      body: { allSessions: false, keys: 'take_over' },
    });
    expect(narrowed).toMatchObject({ data: { apiKeys: { takenOver: [{ id: idOf(wide) }] } } });
    const path = `/v1/sessions/${sessionId}`;
    expect(await statusOf(keyOf(pinned), path)).toBe(200);
    expect(await statusOf(member.token, path)).toBe(200);
    expect(await statusOf(keyOf(wide), path)).toBe(200);
  });
});

describe('an owner who makes themselves a member', () => {
  test('does not keep the keys that only owners may have, by taking them over', async () => {
    const { workspaceId, owner } = await team();
    await harness.newUser({ workspaceId });
    const whole = await create(owner.token, { scopes: ['*'] });
    const demoted = await manage(owner.token, 'PATCH', owner.userId, {
      body: { role: 'member', keys: 'take_over' },
    });
    expect(demoted).toMatchObject({
      status: 200,
      data: { role: 'member', apiKeys: { revoked: [{ id: idOf(whole) }], takenOver: [] } },
    });
    expect(await statusOf(keyOf(whole))).toBe(401);
  });
});
