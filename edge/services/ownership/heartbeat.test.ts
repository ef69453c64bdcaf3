import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { type OwnershipWorld, ownershipWorld } from './testing/world.ts';

let world: OwnershipWorld;
beforeEach(async () => {
  world = await ownershipWorld();
});

const BOOT = 'a-boot-1';
const owned = { runnerId: 'a', bootId: BOOT, epoch: 4, leaseIn: 10 };
const idsOf = (assigned: readonly { sessionId: string }[]): string[] =>
  assigned.map(({ sessionId }) => sessionId).toSorted();

describe('a heartbeat renews', () => {
  it('what the runner names and owns, for 30 s by the database', async () => {
    const id = await world.session(owned);
    const answer = await world.beat('a', { sessions: [[id, 4]] });
    expect(answer).toEqual({
      renewed: [
        {
          sessionId: id,
          epoch: 4,
          highestQueueSeq: 0,
          pacing: { minIntervalMs: 1_500, jitterMs: 500 },
          traffic: { status: false, channels: false },
          conduct: { alwaysOnline: false, rejectCalls: false, presenceOf: [] },
        },
      ],
      lost: [],
      assigned: [],
      leaseMs: 30_000,
    });
    const { rows } = await world.db.execute<{ left: number }>(
      `select extract(epoch from lease_until - now())::float8 as left from session_leases`,
    );
    expect(rows[0]?.left).toBeGreaterThan(25);
    expect(rows[0]?.left).toBeLessThanOrEqual(30);
  });

  it('whose presence its sessions report', async () => {
    const id = await world.session(owned);
    await world.db.execute(`update sessions set presence_of = '{1@c.us,2@lid}'`);
    const answer = await world.beat('a', { sessions: [[id, 4]] });
    expect(answer.renewed).toMatchObject([{ conduct: { presenceOf: ['1@c.us', '2@lid'] } }]);
  });

  it('nothing of a message whose time is over: it fails, also in a stopped session', async () => {
    const id = await world.session({ status: 'disconnected', desired: 'stopped' });
    const messageId = await world.queueMessage({
      sessionId: id,
      queueSeq: 1,
      expiresInSeconds: -1,
    });
    await world.beat('a');
    const { messages } = world.schema;
    const message = async () =>
      (await world.db.select().from(messages).where(eq(messages.id, messageId)))[0];
    await expect.poll(message).toMatchObject({ status: 'failed', error: { code: 'EXPIRED' } });
  });

  it('a lease that ran out, as long as nobody took it', async () => {
    const id = await world.session({ ...owned, leaseIn: -600 });
    const answer = await world.beat('a', { sessions: [[id, 4]] });
    expect(answer.renewed).toMatchObject([{ sessionId: id, epoch: 4 }]);
    expect(await world.history(id)).toEqual([]);
  });

  it('and says how far the queue reaches', async () => {
    const id = await world.session(owned);
    await world.queueMessage({ sessionId: id, queueSeq: 17 });
    const answer = await world.beat('a', { sessions: [[id, 4]] });
    expect(answer.renewed).toMatchObject([{ highestQueueSeq: 17 }]);
  });

  it('and records who started a browser, only once it has', async () => {
    const id = await world.session(owned);
    await world.beat('a', { sessions: [[id, 4, false]] });
    expect(await world.lease(id)).toMatchObject({ startedEpoch: null });
    await world.beat('a', { sessions: [[id, 4, true]] });
    expect(await world.lease(id)).toMatchObject({
      startedEpoch: 4,
      startedRunnerId: 'a',
      startedBootId: BOOT,
    });
  });

  it('what a draining runner still has', async () => {
    const id = await world.session(owned);
    const answer = await world.beat('a', { draining: true, sessions: [[id, 4]] });
    expect(answer.renewed).toHaveLength(1);
  });

  it('and describes the runner anew each time', async () => {
    await world.beat('a', { region: 'fra', maxSessions: 3 });
    await world.beat('a', { region: 'gru', maxSessions: 5, url: 'http://moved.test' });
    expect(await world.db.select().from(world.schema.runners)).toMatchObject([
      { id: 'a', region: 'gru', maxSessions: 5, url: 'http://moved.test', bootId: BOOT },
    ]);
  });
});

describe('a heartbeat tells what is lost', () => {
  it.each([
    { name: 'another runner has it', lease: { runnerId: 'b', bootId: 'b-1' }, reason: 'taken' },
    { name: 'its epoch has passed', lease: { epoch: 5 }, reason: 'taken' },
    { name: 'nobody has it', lease: { runnerId: null, bootId: null }, reason: 'taken' },
    { name: 'it is wanted stopped', lease: { desired: 'stopped' as const }, reason: 'stopped' },
    {
      name: 'it is another one’s and wanted stopped',
      lease: { runnerId: 'b', desired: 'stopped' as const },
      reason: 'taken',
    },
    { name: 'it is archived', lease: { archived: true }, reason: 'stopped' },
  ])('$name: $reason', async ({ lease, reason }) => {
    const id = await world.session({ ...owned, ...lease });
    const before = await world.lease(id);
    const answer = await world.beat('a', { sessions: [[id, 4]] });
    expect(answer).toMatchObject({ renewed: [], lost: [{ sessionId: id, reason }], assigned: [] });
    expect(await world.lease(id)).toEqual(before);
  });

  it('a session that is gone: deleted', async () => {
    const id = await world.session(owned);
    await world.db.delete(world.schema.sessions).where(eq(world.schema.sessions.id, id));
    const answer = await world.beat('a', { sessions: [[id, 4]] });
    expect(answer.lost).toEqual([{ sessionId: id, reason: 'deleted' }]);
  });

  it('one thing of each in one answer', async () => {
    const kept = await world.session(owned);
    const stopped = await world.session({ ...owned, desired: 'stopped' });
    const taken = await world.session({ ...owned, runnerId: 'b' });
    const answer = await world.beat('a', {
      sessions: [
        [kept, 4],
        [stopped, 4],
        [taken, 4],
      ],
    });
    expect(idsOf(answer.renewed)).toEqual([kept]);
    expect(answer.lost).toEqual(
      expect.arrayContaining([
        { sessionId: stopped, reason: 'stopped' },
        { sessionId: taken, reason: 'taken' },
      ]),
    );
  });
});

describe('a heartbeat hands out what is meant for the runner', () => {
  it('a session placed on it: epoch raised, lease running, history written', async () => {
    const id = await world.session({ runnerId: 'a', epoch: 0, leaseIn: 10, status: 'created' });
    const { assigned } = await world.beat('a');
    const [session] = await world.db.select().from(world.schema.sessions);
    expect(assigned).toEqual([
      {
        sessionId: id,
        workspaceId: world.workspaceId,
        epoch: 1,
        engine: 'wwebjs',
        mode: 'sandbox',
        sessionKey: session?.wireKey,
        pacing: { minIntervalMs: 1_500, jitterMs: 500 },
        highestQueueSeq: 0,
        phoneNumber: null,
        traffic: { status: false, channels: false },
        conduct: { alwaysOnline: false, rejectCalls: false, presenceOf: [] },
        keptVersion: 0,
        lastStarted: null,
      },
    ]);
    expect(await world.lease(id)).toMatchObject({ runnerId: 'a', bootId: BOOT, epoch: 1 });
    expect(await world.history(id)).toMatchObject([
      { epoch: 1, runnerId: 'a', bootId: BOOT, cause: 'assigned' },
    ]);
  });

  it('its earlier boot’s sessions at once, though their leases run', async () => {
    const started = { epoch: 4, runnerId: 'a', bootId: 'a-boot-0' };
    const id = await world.session({ ...owned, bootId: 'a-boot-0', started });
    const { assigned } = await world.beat('a');
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 5, lastStarted: started }]);
    expect(await world.history(id)).toMatchObject([{ epoch: 5, bootId: BOOT, cause: 'new_boot' }]);
  });

  it('again and under the same epoch, when the answer did not arrive', async () => {
    const id = await world.session({ runnerId: 'a', leaseIn: 10 });
    const first = await world.beat('a');
    const second = await world.beat('a');
    expect(second.assigned).toEqual(first.assigned);
    expect(await world.history(id)).toHaveLength(1);
  });

  it('under a new epoch, when the runner had started it and gave it up', async () => {
    const id = await world.session({ ...owned, started: { ...owned } });
    const { assigned } = await world.beat('a');
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
    expect(await world.history(id)).toMatchObject([{ epoch: 5, cause: 'given_up' }]);
  });

  it('no more than it has room for', async () => {
    for (let count = 0; count < 4; count += 1) await world.session({ ...owned, bootId: 'a-0' });
    const { assigned } = await world.beat('a', { maxSessions: 2 });
    expect(assigned).toHaveLength(2);
    const more = await world.beat('a', {
      maxSessions: 3,
      sessions: assigned.map(({ sessionId, epoch }) => [sessionId, epoch] as const),
    });
    expect(more.assigned).toHaveLength(1);
  });

  it('nothing while it drains', async () => {
    await world.session({ runnerId: 'a', leaseIn: 10 });
    await world.session({ leaseIn: null });
    expect((await world.beat('a', { draining: true })).assigned).toEqual([]);
  });

  it('nothing that is wanted stopped or archived', async () => {
    await world.session({ ...owned, bootId: 'a-0', desired: 'stopped' });
    await world.session({ ...owned, bootId: 'a-0', archived: true });
    expect((await world.beat('a')).assigned).toEqual([]);
  });

  it('nothing to a boot that another has replaced, and that one keeps all', async () => {
    const id = await world.session({ runnerId: 'a', leaseIn: 10 });
    await world.beat('a', { bootId: 'old' });
    const { assigned } = await world.beat('a', { bootId: 'new' });
    expect(assigned).toMatchObject([{ sessionId: id, epoch: 2 }]);

    const late = await world.beat('a', { bootId: 'old', sessions: [[id, 1]] });
    expect(late).toMatchObject({
      renewed: [],
      lost: [{ sessionId: id, reason: 'taken' }],
      assigned: [],
    });
    expect(await world.lease(id)).toMatchObject({ bootId: 'new', epoch: 2 });
    expect(await world.db.select().from(world.schema.runners)).toMatchObject([{ bootId: 'new' }]);
  });
});
