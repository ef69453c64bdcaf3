import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { isOwnedAt } from './internal.ts';
import { type OwnershipWorld, ownershipWorld } from './testing/world.ts';

let world: OwnershipWorld;
beforeEach(async () => {
  world = await ownershipWorld();
});

const owned = { runnerId: 'a', bootId: 'a-boot-1', epoch: 4, leaseIn: 30 };
const started = { epoch: 4, runnerId: 'a', bootId: 'a-boot-1' };
const idsOf = (assigned: readonly { sessionId: string }[]): string[] =>
  assigned.map(({ sessionId }) => sessionId).toSorted();

const isOwned = async (sessionId: string, epoch: number): Promise<boolean> => {
  const { rows } = await world.db.execute(
    sql`select 1 from session_leases l where l.session_id = ${sessionId} and ${isOwnedAt(epoch)}`,
  );
  return rows.length === 1;
};

const setRegion = (sessionId: string, region: string) =>
  world.db
    .update(world.schema.sessions)
    .set({ region })
    .where(eq(world.schema.sessions.id, sessionId));

describe('a runner that gives sessions back', () => {
  it('frees them at once: the one with room is given them, is woken, and takes them up', async () => {
    const { owner, calls } = world.harness.newRunner();
    const { url, runnerId, bootId } = owner;
    await world.beat('a');
    await world.beat(runnerId, { url, bootId });
    const id = await world.session({ ...owned, started });
    const answer = await world.beat('a', {
      draining: true,
      released: [{ sessionId: id, epoch: 4 }],
    });
    expect(answer.assigned).toEqual([]);
    expect(await world.lease(id)).toMatchObject({ runnerId, bootId: null, epoch: 4 });
    expect(await isOwned(id, 4)).toBe(false);
    await expect.poll(async () => (await calls()).map(({ path }) => path)).toContain('/v1/wake');

    const { assigned } = await world.beat(runnerId, { url, bootId });
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 5, lastStarted: started }]);
  });

  it('leaves them to anyone when none has room', async () => {
    await world.beat('a');
    const id = await world.session(owned);
    await world.beat('a', { draining: true, released: [{ sessionId: id, epoch: 4 }] });
    expect(await world.lease(id)).toMatchObject({ runnerId: null, bootId: null, leaseUntil: null });
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('spreads them over those that have room, near ones first', async () => {
    await world.beat('a');
    await world.beat('b', { maxSessions: 1 });
    await world.beat('c', { maxSessions: 1 });
    await world.beat('far', { region: 'syd', maxSessions: 1 });
    const ids = [await world.session(owned), await world.session(owned)];
    await setRegion(ids[0] ?? '', 'syd');
    await setRegion(ids[1] ?? '', 'fra');
    await world.beat('a', {
      draining: true,
      released: ids.map((sessionId) => ({ sessionId, epoch: 4 })),
    });
    expect(await world.lease(ids[0] ?? '')).toMatchObject({ runnerId: 'far' });
    expect(await world.lease(ids[1] ?? '')).toMatchObject({ runnerId: 'b' });
  });

  it.each([
    { name: 'another epoch', lease: { epoch: 5 } },
    { name: 'another boot', lease: { bootId: 'a-boot-0' } },
    { name: 'another runner', lease: { runnerId: 'b', bootId: 'b-1' } },
  ])('gives back nothing of $name', async ({ lease }) => {
    await world.beat('a');
    const id = await world.session({ ...owned, ...lease });
    const before = await world.lease(id);
    await world.beat('a', { draining: true, released: [{ sessionId: id, epoch: 4 }] });
    expect(await world.lease(id)).toEqual(before);
  });

  it('gives nobody a session that is to be stopped', async () => {
    await world.beat('a');
    await world.beat('b');
    const id = await world.session({ ...owned, desired: 'stopped' });
    await world.beat('a', { draining: true, released: [{ sessionId: id, epoch: 4 }] });
    expect(await world.lease(id)).toMatchObject({ runnerId: null, leaseUntil: null });
    expect((await world.beat('b')).assigned).toEqual([]);
  });
});

describe('orphans', () => {
  it('come as fast as the runner says that it can start them', async () => {
    for (let count = 0; count < 6; count += 1) await world.session();
    expect((await world.beat('b', { startRoom: 0 })).assigned).toEqual([]);
    expect((await world.beat('b', { startRoom: 5 })).assigned).toHaveLength(5);
  });

  it('go to a runner of their region while one has room there', async () => {
    const [near, far] = [await world.session(), await world.session()];
    await setRegion(near, 'fra');
    await setRegion(far, 'syd');
    await world.beat('sydney', { region: 'syd', startRoom: 0 });
    expect(idsOf((await world.beat('b')).assigned)).toEqual([near]);
    expect(idsOf((await world.beat('sydney', { region: 'syd' })).assigned)).toEqual([far]);
  });

  it('go elsewhere when their region is full, their own first', async () => {
    const [near, far] = [await world.session(), await world.session()];
    await setRegion(near, 'fra');
    await setRegion(far, 'syd');
    await world.session({ ...owned, runnerId: 'sydney', bootId: 'sydney-boot-1' });
    await world.beat('sydney', { region: 'syd', maxSessions: 1 });
    const first = await world.beat('b', { startRoom: 1 });
    expect(idsOf(first.assigned)).toEqual([near]);
    const second = await world.beat('b', { sessions: [[near, 1]] });
    expect(idsOf(second.assigned)).toEqual([far]);
  });
});
