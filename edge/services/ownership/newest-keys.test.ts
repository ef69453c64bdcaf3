import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { credentialsOf } from '../credentials/testing/bundles.ts';
import { declareDead } from './declare-dead.ts';
import { startLease } from './internal.ts';
import { type OwnershipWorld, ownershipWorld } from './testing/world.ts';

let world: OwnershipWorld;
beforeEach(async () => {
  world = await ownershipWorld();
});

const copied = {
  runnerId: 'a',
  bootId: 'a-boot-1',
  epoch: 4,
  leaseIn: 30,
  phoneNumber: '15550100009',
  started: { epoch: 4, runnerId: 'a', bootId: 'a-boot-1' },
};

/** A session of runner `a` with a copy, which has its newest keys where `keptEpoch` is 4. */
async function session(given: { keptEpoch?: number } = {}): Promise<string> {
  const id = await world.session({ ...copied, ...given });
  await world.db.insert(world.schema.sessionCredentials).values({
    objectKey: `${world.workspaceId}/credentials/${id}/1`,
    sessionId: id,
    workspaceId: world.workspaceId,
    version: 1,
    baseVersion: 0,
    epoch: 4,
    status: 'current',
    format: 'chromium-profile',
    seal: 1,
    sizeBytes: 1,
    wrappedKey: 'w',
    masterKeyVersion: 'v1',
  });
  return id;
}

const dies = () => declareDead({ services: world.services, runnerId: 'a', bootId: 'a-boot-1' });
const lastHeardOf = (runnerId: string, secondsAgo: number) =>
  world.db
    .update(world.schema.runners)
    .set({ heartbeatAt: sql`now() - ${secondsAgo}::int * interval '1 second'` })
    .where(eq(world.schema.runners.id, runnerId));
const drain = (id: string) =>
  world.beat('a', { draining: true, released: [{ sessionId: id, epoch: 4 }] });

describe('a session whose newest keys are on one disk alone', () => {
  it('waits for that runner when it died, and goes on there', async () => {
    await world.beat('a');
    const id = await session();
    await dies();
    expect((await world.beat('b')).assigned).toEqual([]);
    const { assigned } = await world.beat('a', { bootId: 'a-boot-2' });
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 5, keptVersion: 1 }]);
  });

  it('waits for that runner when it drained, and is given to no other', async () => {
    await world.beat('a');
    await world.beat('b');
    const id = await session();
    await drain(id);
    expect(await world.lease(id)).toMatchObject({ runnerId: null, leaseUntil: null });
    expect((await world.beat('b')).assigned).toEqual([]);
    const { assigned } = await world.beat('a', { bootId: 'a-boot-2' });
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('is given to that runner when it is started', async () => {
    await world.beat('a');
    const id = await session();
    await dies();
    await world.db.execute(startLease(id, 'b', { diskWaitMs: 15_000 }));
    expect(await world.lease(id)).toMatchObject({ runnerId: 'a' });
  });

  it('goes on elsewhere when the wait is over', async () => {
    await world.beat('a');
    await world.beat('b');
    const id = await session();
    await dies();
    await lastHeardOf('a', 14);
    expect((await world.beat('b')).assigned).toEqual([]);
    await lastHeardOf('a', 16);
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('goes on elsewhere when its runner came back with no place for it', async () => {
    await world.beat('a');
    await world.beat('b');
    const ids = [await session(), await session()];
    await dies();
    const home = await world.beat('a', { bootId: 'a-boot-2', maxSessions: 1 });
    const elsewhere = await world.beat('b');
    expect([home.assigned.length, elsewhere.assigned.length]).toEqual([1, 1]);
    const taken = [...home.assigned, ...elsewhere.assigned].map(({ sessionId }) => sessionId);
    expect(taken.toSorted()).toEqual(ids.toSorted());
  });

  it('goes home also when it belongs to another region by now', async () => {
    await world.beat('a');
    await world.beat('b', { region: 'ams' });
    const id = await session();
    await world.db.execute(sql`update sessions set region = 'ams' where id = ${id}`);
    await dies();
    expect((await world.beat('b', { region: 'ams' })).assigned).toEqual([]);
    const { assigned } = await world.beat('a', { bootId: 'a-boot-2' });
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('goes on elsewhere at once when the fleet does away with that machine', async () => {
    await world.beat('a');
    const id = await session();
    await world.db.insert(world.schema.fleetMachines).values({
      id: 'flt_a',
      machineId: 'a',
      region: 'fra',
      image: 'runner:1',
      desired: 'gone',
      reason: 'old_image',
    });
    await dies();
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });
});

describe('a session with a copy of all it has', () => {
  it('goes to whoever comes first', async () => {
    await world.beat('a');
    const id = await session({ keptEpoch: 4 });
    await dies();
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });

  it('goes to the runner with room when its own drains', async () => {
    await world.beat('a');
    await world.beat('b');
    const id = await session({ keptEpoch: 4 });
    await drain(id);
    expect(await world.lease(id)).toMatchObject({ runnerId: 'b' });
  });

  it('goes nowhere when all runners drain, and home when they come back', async () => {
    await world.beat('a');
    await world.beat('b', { draining: true });
    const id = await session({ keptEpoch: 4 });
    await drain(id);
    expect(await world.lease(id)).toMatchObject({ runnerId: null });
    await lastHeardOf('a', 20);
    await lastHeardOf('b', 20);
    expect((await world.beat('b', { bootId: 'b-boot-2' })).assigned).toEqual([]);
    const { assigned } = await world.beat('a', { bootId: 'a-boot-2' });
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
  });
});

describe('a copy at rest', () => {
  it('has all there is, also when it is one that was made before', async () => {
    const { keep, commit, rows, sessionId } = await credentialsOf(world);
    const version = await keep();
    expect(await world.lease(sessionId)).toMatchObject({ keptEpoch: null });
    const [row] = await rows();
    await commit(version, new Uint8Array(row?.inlineBytes ?? []), { atRest: true });
    expect(await world.lease(sessionId)).toMatchObject({ keptEpoch: 4 });
  });

  it('has all there is when it is the newest', async () => {
    const { keep, sessionId } = await credentialsOf(world);
    await keep({ atRest: true });
    expect(await world.lease(sessionId)).toMatchObject({ keptEpoch: 4 });
  });

  const log = async (sessionId: string) => {
    const { sessionLog } = world.schema;
    const rows = await world.db
      .select()
      .from(sessionLog)
      .where(eq(sessionLog.sessionId, sessionId))
      .orderBy(sessionLog.id);
    return rows.map(({ reason }) => reason).filter((reason) => reason.startsWith('restored'));
  };
  const keptAt = (epoch: number) =>
    world.db.execute(sql`update session_leases set kept_epoch = ${epoch}::int`);

  it('is no old one to go on from; any other is, and says how old it is, once', async () => {
    const { keep, restore, sessionId } = await credentialsOf(world);
    await keep();
    await keptAt(3);
    await restore();
    expect(await log(sessionId)).toEqual([]);
    await keptAt(2);
    await world.db.execute(sql`update session_credentials set created_at = now() - interval '95 s'
      where session_id = ${sessionId}`);
    await restore();
    await restore();
    expect(await log(sessionId)).toEqual([
      expect.stringMatching(/^restored_old_copy: made 9\d s ago/),
    ]);
  });

  it('that does not open is followed by an older one, which is named as well', async () => {
    const { keep, restore, sessionId } = await credentialsOf(world);
    const versions = [await keep(), await keep()];
    await keptAt(2);
    await restore();
    await restore({ failed: [{ version: versions[1] ?? 0, error: 'damaged' }] });
    expect(await log(sessionId)).toEqual([
      expect.stringContaining(`(version ${versions[1]})`),
      expect.stringContaining(`(version ${versions[0]})`),
    ]);
    const told = await world.db
      .select()
      .from(world.schema.events)
      .where(eq(world.schema.events.type, 'session.restored_old_copy'));
    expect(told.map(({ data }) => data)).toEqual([
      expect.objectContaining({ version: versions[1] }),
      expect.objectContaining({ version: versions[0] }),
    ]);
  });
});
