import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadRunners, startLease, stopLease } from './internal.ts';
import { type OwnershipWorld, ownershipWorld } from './testing/world.ts';

let world: OwnershipWorld;
beforeEach(async () => {
  world = await ownershipWorld();
});

const OWNER = { runnerId: 'a', bootId: 'a-boot-1', epoch: 4 };
const start = async (sessionId: string, runnerId: string | null) =>
  (await world.db.execute(startLease(sessionId, runnerId, { diskWaitMs: 15_000 }))).rows;
const stop = async (sessionId: string) => (await world.db.execute(stopLease(sessionId))).rows;

describe('starting a session', () => {
  it.each([
    { name: 'nobody ever had', given: {}, epoch: 1 },
    { name: 'whose owner is surely gone', given: { ...OWNER, leaseIn: -6 }, epoch: 5 },
    {
      name: 'that was stopped long ago',
      given: { ...OWNER, leaseIn: -600, desired: 'stopped' as const },
      epoch: 5,
    },
  ])('that $name gives it to the chosen runner, and to no other', async ({ given, epoch }) => {
    const id = await world.session(given);
    expect(await start(id, 'b')).toEqual([{ session_id: id, runner_id: 'b' }]);
    expect((await world.beat('c')).assigned).toEqual([]);
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch }]);
  });

  it('leaves it to any runner when none was chosen', async () => {
    const id = await world.session({ ...OWNER, leaseIn: -6, desired: 'stopped' });
    expect(await start(id, null)).toEqual([{ session_id: id, runner_id: null }]);
    expect((await world.beat('c')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('leaves it to an owner that may still have its browser open', async () => {
    const id = await world.session({ ...OWNER, leaseIn: -3, desired: 'stopped' });
    expect(await start(id, 'b')).toEqual([{ session_id: id, runner_id: 'a' }]);
    expect((await world.beat('b')).assigned).toEqual([]);
    expect((await world.beat('a', { sessions: [[id, 4]] })).renewed).toHaveLength(1);
  });

  it('goes to any runner when the chosen one does not take it up in 15 s', async () => {
    const id = await world.session();
    await start(id, 'b');
    await world.lapse(id, 6);
    expect((await world.beat('c')).assigned).toMatchObject([{ sessionId: id }]);
  });

  it('after a stop that its owner has heard: the same owner takes it up under a new epoch', async () => {
    const id = await world.session({ ...OWNER, leaseIn: 30 });
    await world.beat('a', { sessions: [[id, 4]] });
    await stop(id);
    expect((await world.beat('a', { sessions: [[id, 4]] })).lost).toMatchObject([
      { reason: 'stopped' },
    ]);
    await start(id, 'b');
    expect((await world.beat('b')).assigned).toEqual([]);
    expect((await world.beat('a')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it.each(['logged_out', 'failed', 'disconnected'] as const)(
    'that is %s makes its owner close it and begin anew',
    async (status) => {
      const id = await world.session({ ...OWNER, leaseIn: 30, status });
      await start(id, 'b');
      await world.db
        .update(world.schema.sessions)
        .set({ status: 'created' })
        .where(eq(world.schema.sessions.id, id));

      const first = await world.beat('a', { sessions: [[id, 4]] });
      expect(first).toMatchObject({ renewed: [], lost: [{ reason: 'taken' }], assigned: [] });
      expect((await world.beat('b')).assigned).toEqual([]);
      expect((await world.beat('a')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
    },
  );
});

describe('stopping a session', () => {
  it('keeps its lease until it runs out by itself', async () => {
    const id = await world.session({ ...OWNER, leaseIn: 30 });
    const before = await world.lease(id);
    expect(await stop(id)).toEqual([{ session_id: id, runner_id: 'a' }]);
    await world.beat('a', { sessions: [[id, 4]] });
    expect(await world.lease(id)).toEqual({ ...before, desired: 'stopped' });
  });
});

describe('loadRunners', () => {
  it('tells what each carries, and leaves out those long silent', async () => {
    await world.beat('a', { region: 'gru', maxSessions: 7 });
    await world.beat('b', { draining: true });
    await world.beat('silent');
    await world.db
      .update(world.schema.runners)
      .set({ heartbeatAt: new Date(0) })
      .where(eq(world.schema.runners.id, 'silent'));
    await world.session({ ...OWNER, leaseIn: 30 });
    await world.session({ runnerId: 'a', leaseIn: 10 });
    await world.session({ ...OWNER, leaseIn: 30, desired: 'stopped' });

    const runners = await loadRunners(world.db);

    expect(runners.toSorted((x, y) => (x.runnerId < y.runnerId ? -1 : 1))).toMatchObject([
      { runnerId: 'a', bootId: 'a-boot-1', region: 'gru', maxSessions: 7, sessions: 2 },
      { runnerId: 'b', draining: true, sessions: 0, url: 'http://b.test' },
    ]);
    for (const { heartbeatAgeMs } of runners) expect(heartbeatAgeMs).toBeLessThan(10_000);
  });
});
