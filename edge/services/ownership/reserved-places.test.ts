import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { findSession } from '../sessions/internal.ts';
import { shownStatus } from '../sessions/session-view.ts';
import { type OwnershipWorld, ownershipWorld } from './testing/world.ts';

let world: OwnershipWorld;
beforeEach(async () => {
  world = await ownershipWorld();
});

const setTier = (tier: 'basic' | 'pro') => world.db.update(world.schema.workspaces).set({ tier });
const change = (id: string, values: Partial<typeof world.schema.sessions.$inferInsert>) =>
  world.db.update(world.schema.sessions).set(values).where(eq(world.schema.sessions.id, id));
const waiting = async (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => world.session({ status: 'created' })));
const adopts = async (maxSessions: number) =>
  (await world.beat('a', { maxSessions, startRoom: 20 })).assigned.length;
const reasonOf = async (id: string) => {
  const { ctx } = await world.harness.newWorkspace();
  return shownStatus(await findSession({ ...ctx, workspaceId: world.workspaceId }, id)).reason;
};

describe('a share of the places', () => {
  it('is kept from sessions of Basic workspaces, and taken by those of others', async () => {
    const ids = await waiting(10);
    await setTier('basic');
    expect(await adopts(10)).toBe(8);
    const { rows } = await world.db.execute<{ id: string }>(
      sql`select session_id as id from session_leases where boot_id is null`,
    );
    const left = rows.map(({ id }) => id);
    expect(left).toHaveLength(2);
    expect(await Promise.all(left.map(reasonOf))).toEqual(Array(2).fill('waiting_for_capacity'));
    const taken = ids.filter((id) => !left.includes(id));
    await setTier('pro');
    const sessions = taken.map((id) => [id, 1] as const);
    expect((await world.beat('a', { startRoom: 20, sessions })).assigned).toHaveLength(2);
  });

  it('is not kept from a number that is linked, nor where it is less than one place', async () => {
    const ids = await waiting(10);
    await setTier('basic');
    for (const id of ids) await change(id, { mode: 'live', phoneNumber: '15550100001' });
    expect(await adopts(10)).toBe(10);
  });

  it('is less than one place of a runner with four', async () => {
    await waiting(5);
    await setTier('basic');
    expect(await adopts(4)).toBe(4);
  });
});

describe('a session that waits for a place', () => {
  it('says so while no runner has one, and what it said before once one has', async () => {
    const [id = ''] = await waiting(1);
    expect(await reasonOf(id)).toBe('waiting_for_capacity');
    await world.beat('a', { startRoom: 0 });
    expect(await reasonOf(id)).toBe('test');
    await world.session({ runnerId: 'a', bootId: 'a-boot-1', epoch: 1, leaseIn: 30 });
    await world.beat('a', { maxSessions: 1, startRoom: 0 });
    expect(await reasonOf(id)).toBe('waiting_for_capacity');
    await world.db
      .update(world.schema.sessionLeases)
      .set({ desired: 'stopped' })
      .where(eq(world.schema.sessionLeases.sessionId, id));
    expect(await reasonOf(id)).toBe('test');
  });
});
