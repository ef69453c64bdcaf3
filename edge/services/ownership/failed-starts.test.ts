import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, it } from 'vitest';
import type { SessionStatus } from '../../../shared/session-status.ts';
import { CRASH_LOOP } from './crash-loop.ts';
import { startLease } from './internal.ts';
import { type OwnershipWorld, ownershipWorld } from './testing/world.ts';

let world: OwnershipWorld;
let id: string;
beforeEach(async () => {
  world = await ownershipWorld();
  id = await world.session({ status: 'starting' });
});

let boot = 0;
const say = (epoch: number, status: SessionStatus, started = true) =>
  world.say('a', `boot-${boot}`, [{ sessionId: id, epoch, status, started }]);

/** The runner comes up anew and is handed the session, or is not. @returns its epoch */
async function newBoot(): Promise<number | undefined> {
  boot += 1;
  const { assigned } = await world.say('a', `boot-${boot}`, []);
  return assigned[0]?.epoch;
}

/** As often as this the session takes its runner down while it comes up. */
async function die(times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    const epoch = await newBoot();
    expect(epoch).toBeDefined();
    await say(epoch ?? 0, 'starting');
  }
}

const setLease = (change: Partial<typeof world.schema.sessionLeases.$inferInsert>) =>
  world.db
    .update(world.schema.sessionLeases)
    .set(change)
    .where(eq(world.schema.sessionLeases.sessionId, id));
const retryIsDue = () => setLease({ retryAt: new Date(Date.now() - 1_000) });

const session = async () => {
  const [row] = await world.db
    .select()
    .from(world.schema.sessions)
    .where(eq(world.schema.sessions.id, id));
  return row;
};

it('a session that takes its runner down five times is failed, but still to be run', async () => {
  await die(CRASH_LOOP.failures);
  expect(await session()).toMatchObject({ status: 'starting' });
  expect(await newBoot()).toBeUndefined();
  expect(await session()).toMatchObject({ status: 'failed', reason: 'crash_loop' });
  expect(await world.lease(id)).toMatchObject({
    desired: 'running',
    startFailures: CRASH_LOOP.failures,
  });
  const events = await world.db.select().from(world.schema.events);
  expect(events.map(({ type, data }) => ({ type, data }))).toMatchObject([
    { type: 'session.status', data: { from: 'starting', status: 'failed', reason: 'crash_loop' } },
  ]);
  const log = await world.db.select().from(world.schema.sessionLog);
  expect(log.at(-1)).toMatchObject({ status: 'failed', reason: 'crash_loop' });
});

it('is handed to nobody before its time, then to anyone, and waits longer each time', async () => {
  await die(CRASH_LOOP.failures);
  await newBoot();
  expect((await world.beat('b')).assigned).toEqual([]);
  await retryIsDue();
  await die(1);
  expect(await newBoot()).toBeUndefined();
  const { rows } = await world.db.execute<{ left: number }>(
    sql`select extract(epoch from retry_at - now())::float8 as left from session_leases`,
  );
  expect(rows[0]?.left).toBeGreaterThan(100);
  expect(rows[0]?.left).toBeLessThanOrEqual(120);
  // Told once: it was failed already.
  expect(await world.db.select().from(world.schema.events)).toHaveLength(1);
});

it.each(['online', 'qr', 'action_required'] as const)(
  'starting once (%s) resets the count',
  async (status) => {
    await die(CRASH_LOOP.failures - 1);
    const epoch = await newBoot();
    await say(epoch ?? 0, status);
    expect(await world.lease(id)).toMatchObject({ startFailures: 0, retryAt: null });
    await die(CRASH_LOOP.failures - 1);
    expect(await newBoot()).toBeDefined();
  },
);

it('deaths that are far apart are no loop', async () => {
  await die(CRASH_LOOP.failures);
  await setLease({ failingSince: new Date(Date.now() - CRASH_LOOP.withinMs - 1_000) });
  expect(await newBoot()).toBeDefined();
  expect(await world.lease(id)).toMatchObject({ startFailures: 1 });
});

it('a death before the browser was started is not the session’s fault', async () => {
  for (let count = 0; count <= CRASH_LOOP.failures; count += 1) {
    const epoch = await newBoot();
    await say(epoch ?? 0, 'created', false);
  }
  expect(await world.lease(id)).toMatchObject({ startFailures: 0 });
});

it('a start by its user resets the count at once', async () => {
  await die(CRASH_LOOP.failures);
  await newBoot();
  await world.db.execute(startLease(id, null, { diskWaitMs: 15_000 }));
  await world.db.update(world.schema.sessions).set({ status: 'created' });
  expect(await newBoot()).toBeDefined();
  expect(await world.lease(id)).toMatchObject({ startFailures: 0, retryAt: null });
});

it('one that its owner calls failed is tried by the next owner when that one dies', async () => {
  const epoch = await newBoot();
  await say(epoch ?? 0, 'failed');
  await world.db.update(world.schema.sessions).set({ status: 'failed', reason: 'gave_up' });
  expect(await newBoot()).toBe((epoch ?? 0) + 1);
});
