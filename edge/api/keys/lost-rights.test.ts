import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type Answer, createHarness, type Harness, idOf } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

/** A workspace with an owner, and a member who reaches all sessions. */
async function team() {
  const owner = await harness.newUser();
  const { workspaceId } = owner;
  const member = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
  return { workspaceId, owner, member };
}

const create = (by: string, body: Record<string, unknown> = {}): Promise<Answer> =>
  harness.call('POST', '/v1/keys', {
    key: by,
    body: { name: 'made', scopes: ['sessions:read', 'keys:*'], ...body },
  });
const keyOf = ({ data }: Answer): string => z.object({ key: z.string() }).parse(data).key;
const statusOf = async (key: string, path = '/v1/sessions'): Promise<number> =>
  (await harness.call('GET', path, { key })).status;
const manage = (
  by: string,
  method: string,
  userId: string,
  { query = '', body }: { query?: string; body?: unknown } = {},
) =>
  harness.call(method, `/v1/workspace/members/${userId}${query}`, {
    key: by,
    ...(body !== undefined && { body }),
  });

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

describe('a person who loses a right while they make a key', () => {
  /** Changes their role in a transaction that ends when the request waits for it. */
  async function beginDemotion(workspaceId: string, userId: string, change: string) {
    const { db } = harness;
    const demotion = db.execute(
      sql.raw(`do $$ begin
      perform 1 from workspaces where id = '${workspaceId}' for no key update;
      for turn in 1..1000 loop
        exit when exists (
          select 1 from pg_locks where not granted and transactionid = pg_current_xact_id()::xid);
        perform pg_sleep(0.01);
      end loop;
      update members set ${change} where workspace_id = '${workspaceId}' and user_id = '${userId}';
    end $$`),
    );
    const done = Promise.resolve(demotion);
    await vi.waitFor(async () => {
      const { rows } = await db.execute(
        sql`select 1 from workspaces where id = ${workspaceId} for no key update skip locked`,
      );
      expect(rows).toEqual([]);
    });
    return { done };
  }

  test.each([
    ['owner', { scopes: ['*'] }, "role = 'member', all_sessions = true"],
    ['member', {}, 'all_sessions = false'],
  ] as const)('is refused it: %s', async (role, body, change) => {
    const { workspaceId } = await team();
    const person = await harness.newUser({ workspaceId, role, allSessions: true });
    const demotion = await beginDemotion(workspaceId, person.userId, change);
    const made = await create(person.token, body);
    await demotion.done;
    expect(made).toMatchObject({ status: 403, error: { details: { reason: 'role_changed' } } });
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
