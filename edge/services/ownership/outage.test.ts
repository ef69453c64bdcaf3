import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { type OwnershipWorld, ownershipWorld } from './testing/world.ts';

let world: OwnershipWorld;
beforeEach(async () => {
  world = await ownershipWorld();
});

const owned = { runnerId: 'a', bootId: 'a-boot-1', epoch: 4, leaseIn: 30 };
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

describe('after a time without any heartbeat', () => {
  it('sessions go only to their last owners for a minute', async () => {
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

  it('they go to others when the minute is over', async () => {
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
