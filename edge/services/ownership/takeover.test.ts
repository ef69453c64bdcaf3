import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { declareDead } from './declare-dead.ts';
import { isOwnedAt, startLease } from './internal.ts';
import { reportDeath } from './report-death.ts';
import { type OwnershipWorld, ownershipWorld } from './testing/world.ts';

let world: OwnershipWorld;
beforeEach(async () => {
  world = await ownershipWorld();
});

const owned = { runnerId: 'a', bootId: 'a-boot-1', epoch: 4, leaseIn: 30 };
const started = { epoch: 4, runnerId: 'a', bootId: 'a-boot-1' };
const idsOf = (assigned: readonly { sessionId: string }[]): string[] =>
  assigned.map(({ sessionId }) => sessionId).toSorted();

/** The last heartbeat of all was this long ago. */
const silentFor = (seconds: number) =>
  world.db.update(world.schema.runners).set({
    heartbeatAt: sql`now() - ${seconds}::int * interval '1 second'`,
  });

/** Lets the time be over for which takeovers are held back. */
const holdIsOver = () =>
  world.db.update(world.schema.fleetState).set({ takeoverNotBefore: sql`now()` });

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

describe('a new boot of a runner', () => {
  it('is the death of the one before: what it has no room for goes to others at once', async () => {
    await world.beat('a', { bootId: 'a-boot-1' });
    const ids = [await world.session(owned), await world.session(owned)].toSorted();
    const own = await world.beat('a', { bootId: 'a-boot-2', maxSessions: 1 });
    expect(own.assigned).toMatchObject([{ sessionId: ids[0], epoch: 5 }]);
    const other = await world.beat('b');
    expect(other.assigned).toMatchObject([{ sessionId: ids[1], epoch: 5 }]);
  });

  it('counts only as the runner that the lease names', async () => {
    await world.session(owned);
    await world.beat('c', { bootId: 'c-boot-1' });
    await world.beat('c', { bootId: 'c-boot-2' });
    expect((await world.beat('b')).assigned).toEqual([]);
  });
});

describe('a runner that is declared dead', () => {
  it('loses its sessions at once, and its epoch is worth nothing any more', async () => {
    await world.beat('a');
    const id = await world.session(owned);
    expect((await world.beat('b')).assigned).toEqual([]);
    await declareDead({ services: world.services, runnerId: 'a', bootId: 'a-boot-1' });
    expect(await isOwned(id, 4)).toBe(false);
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('keeps what its next boot has taken up meanwhile', async () => {
    const id = await world.session(owned);
    await world.beat('a', { bootId: 'a-boot-2' });
    await declareDead({ services: world.services, runnerId: 'a', bootId: 'a-boot-1' });
    expect(await isOwned(id, 5)).toBe(true);
    expect((await world.beat('b')).assigned).toEqual([]);
  });

  it('that lives after all hears that it lost them, and is a runner like others then', async () => {
    await world.beat('a');
    const id = await world.session(owned);
    await declareDead({ services: world.services, runnerId: 'a', bootId: null });
    const answer = await world.beat('a', { sessions: [[id, 4]] });
    expect(answer).toMatchObject({ renewed: [], lost: [{ reason: 'taken' }], assigned: [] });
    expect((await world.beat('a')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });
});

describe('a boot that is told to have died', () => {
  const died = { runnerId: 'a', bootId: 'a-boot-1' };

  it('frees its sessions at once, and whoever may take them is woken', async () => {
    const { owner, calls } = world.harness.newRunner();
    const { url, runnerId, bootId } = owner;
    await world.beat(runnerId, { url, bootId });
    await world.beat('a');
    const id = await world.session(owned);
    await reportDeath({ services: world.services, input: died });
    expect(await isOwned(id, 4)).toBe(false);
    await expect.poll(async () => (await calls()).map(({ path }) => path)).toEqual(['/v1/wake']);
    const { assigned } = await world.beat(runnerId, { url, bootId });
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('says nothing of the next boot, which was faster', async () => {
    const id = await world.session(owned);
    await world.beat('a', { bootId: 'a-boot-2' });
    await reportDeath({ services: world.services, input: died });
    expect(await isOwned(id, 5)).toBe(true);
    expect((await world.beat('a', { bootId: 'a-boot-2', sessions: [[id, 5]] })).lost).toEqual([]);
  });
});

describe('a linked session that was never copied', () => {
  const linked = {
    ...owned,
    phoneNumber: '15550100009',
    started: { epoch: 4, runnerId: 'a', bootId: 'a-boot-1' },
  };
  const dies = () => declareDead({ services: world.services, runnerId: 'a', bootId: 'a-boot-1' });

  it('waits for the runner whose disk it is on, since another would ask for its phone', async () => {
    await world.beat('a');
    const id = await world.session(linked);
    await dies();
    expect((await world.beat('b')).assigned).toEqual([]);
    const { assigned } = await world.beat('a', { bootId: 'a-boot-2' });
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('is given to that runner when it is started', async () => {
    await world.beat('a');
    const id = await world.session(linked);
    await dies();
    await world.db.execute(startLease(id, 'b', { diskWaitMs: 15_000 }));
    expect(await world.lease(id)).toMatchObject({ runnerId: 'a' });
  });

  it('does not wait for ever', async () => {
    await world.beat('a');
    const id = await world.session(linked);
    await dies();
    await world.beat('b');
    await world.db
      .update(world.schema.runners)
      .set({ heartbeatAt: sql`now() - interval '6 minutes'` })
      .where(eq(world.schema.runners.id, 'a'));
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it.each([
    ['whose code was not scanned', { status: 'qr' as const }],
    ['that never had a phone', { phoneNumber: undefined }],
  ])('%s has nothing to wait for', async (_, change) => {
    await world.beat('a');
    const { phoneNumber, ...rest } = { ...linked, ...change };
    const id = await world.session({ ...rest, ...(phoneNumber !== undefined && { phoneNumber }) });
    await dies();
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id }]);
  });
});

describe('after a time without any heartbeat', () => {
  it('nobody steals for a minute, and the owner takes back what is its own', async () => {
    await world.beat('a');
    const lapsed = { ...owned, leaseIn: -100 };
    const [kept, orphan] = [await world.session(lapsed), await world.session(lapsed)];
    await silentFor(16);
    expect((await world.beat('b')).assigned).toEqual([]);
    const back = await world.beat('a', { sessions: [[kept, 4]] });
    expect(back.renewed).toMatchObject([{ sessionId: kept, epoch: 4 }]);
    // Of what it does not name it says that it gave it up.
    expect(back.assigned).toMatchObject([{ sessionId: orphan }]);
    expect((await world.beat('b')).assigned).toEqual([]);
  });

  it('an owner’s next boot is still its owner', async () => {
    await world.beat('a');
    const id = await world.session({ ...owned, leaseIn: -100 });
    await silentFor(16);
    await world.beat('b');
    const { assigned } = await world.beat('a', { bootId: 'a-boot-2' });
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('others may when the minute is over', async () => {
    await world.beat('a');
    const id = await world.session({ ...owned, leaseIn: -100 });
    await silentFor(16);
    await world.beat('b');
    const [state] = await world.db.select().from(world.schema.fleetState);
    const { rows } = await world.db.execute<{ left: number }>(
      sql`select extract(epoch from takeover_not_before - now())::float8 as left from fleet_state`,
    );
    expect(state).toBeDefined();
    expect(rows[0]?.left).toBeGreaterThan(50);
    expect(rows[0]?.left).toBeLessThanOrEqual(60);
    await holdIsOver();
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('what nobody can have open is handed out regardless', async () => {
    await world.beat('a');
    const fresh = await world.session();
    const placed = await world.session({ runnerId: 'a', leaseIn: -100 });
    await silentFor(16);
    expect(idsOf((await world.beat('b')).assigned)).toEqual([fresh, placed].toSorted());
  });

  it('a silence of 14 s, or of one runner among others, holds nobody back', async () => {
    await world.beat('a');
    const id = await world.session({ ...owned, leaseIn: -100 });
    await silentFor(14);
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id }]);
    expect(await world.db.select().from(world.schema.fleetState)).toEqual([]);
  });

  it('the first runner ever is held back by nothing', async () => {
    const id = await world.session({ ...owned, leaseIn: -100 });
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id }]);
  });
});

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

  it('of one that is wanted stopped nobody is given anything', async () => {
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

it('the intervals of a session’s owners never overlap, however it changes hands', async () => {
  const id = await world.session();
  await world.beat('a');
  await world.beat('a', { bootId: 'a-boot-2' });
  await declareDead({ services: world.services, runnerId: 'a', bootId: 'a-boot-2' });
  await world.beat('b');
  await world.beat('c');
  await world.beat('b', { draining: true, released: [{ sessionId: id, epoch: 3 }] });
  await world.beat('c');
  await world.lapse(id, 6);
  await world.beat('d');
  const history = await world.history(id);
  expect(history.map(({ epoch, runnerId, cause }) => `${epoch} ${runnerId} ${cause}`)).toEqual([
    '1 a adopted',
    '2 a new_boot',
    '3 b takeover',
    '4 c assigned',
    '5 d takeover',
  ]);
  for (const [index, next] of history.entries()) {
    const before = history[index - 1];
    if (before === undefined) continue;
    expect(before.endedAt?.getTime()).toBeLessThanOrEqual(next.at.getTime());
  }
  expect(history.at(-1)?.endedAt).toBeNull();
});
