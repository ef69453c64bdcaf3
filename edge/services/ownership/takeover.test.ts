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
const isOwned = async (sessionId: string, epoch: number): Promise<boolean> => {
  const { rows } = await world.db.execute(
    sql`select 1 from session_leases l where l.session_id = ${sessionId} and ${isOwnedAt(epoch)}`,
  );
  return rows.length === 1;
};

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

  it('does not affect the next boot, which was faster', async () => {
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
