import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { stopLease } from './internal.ts';
import { type OwnershipWorld, ownershipWorld } from './testing/world.ts';

let world: OwnershipWorld;
beforeEach(async () => {
  world = await ownershipWorld();
});

const tenRunners = (group = 'runner'): string[] =>
  Array.from({ length: 10 }, (_, index) => `${group}-${index}`);

describe('ten runners at once', () => {
  it('of one orphan exactly one wins, round after round, with epochs that only rise', async () => {
    const id = await world.session();
    for (let round = 1; round <= 5; round += 1) {
      const runners = tenRunners(`round-${round}`);
      const answers = await Promise.all(runners.map((runnerId) => world.beat(runnerId)));
      const winners = runners.filter((_, index) => answers[index]?.assigned.length === 1);
      expect(winners).toHaveLength(1);
      expect(await world.lease(id)).toMatchObject({ runnerId: winners[0], epoch: round });
      await world.lapse(id, 6);
    }
    const history = await world.history(id);
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
    const times = history.map(({ at }) => at.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('of eight orphans each goes to one runner', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => world.session()));
    const answers = await Promise.all(tenRunners().map((runnerId) => world.beat(runnerId)));
    const handedOut = answers.flatMap(({ assigned }) => assigned.map((one) => one.sessionId));
    expect(handedOut.toSorted()).toEqual(ids.toSorted());
  });

  it('an owner that renews in time never loses to them, and after 35 s of silence does once', async () => {
    const id = await world.session({
      runnerId: 'owner',
      bootId: 'owner-boot-1',
      epoch: 1,
      leaseIn: 30,
    });
    const answers = await Promise.all([
      world.beat('owner', { sessions: [[id, 1]] }),
      ...tenRunners().map((runnerId) => world.beat(runnerId)),
    ]);
    expect(answers.flatMap(({ assigned }) => assigned)).toEqual([]);
    await world.lapse(id, 6);
    const after = await Promise.all([
      world.beat('owner', { sessions: [[id, 1]] }),
      ...tenRunners().map((runnerId) => world.beat(runnerId)),
    ]);
    const [owner] = after;
    const taken = after.flatMap(({ assigned }) => assigned);
    // Whoever came first has it, and never both: either it was renewed or one other took it.
    expect((owner?.renewed.length ?? 0) + taken.length).toBe(1);
    expect(owner?.lost).toHaveLength(taken.length);
  });
});

describe('while another runner is taking a session over', () => {
  /** Runner b has taken the row and not committed yet. */
  async function takeoverUnderWay(sessionId: string): Promise<() => Promise<unknown>> {
    const takeover = world.db.batch([
      world.db.execute(sql`update session_leases
        set runner_id = 'b', boot_id = 'b-boot-1', epoch = epoch + 1, lease_until = now() + interval '30 seconds'
        where session_id = ${sessionId}`),
      world.db.execute(sql`select pg_sleep(1)`),
    ]);
    await world.untilLocked(sql`session_leases where session_id = ${sessionId}`);
    return () => takeover;
  }
  const lapsed = { runnerId: 'a', epoch: 4, leaseIn: -6 };

  it('its owner that comes back waits and hears that it is taken', async () => {
    const id = await world.session({ ...lapsed, bootId: 'a-boot-1' });
    const committed = await takeoverUnderWay(id);
    const answer = await world.beat('a', { sessions: [[id, 4]] });
    expect(answer).toMatchObject({ renewed: [], lost: [{ reason: 'taken' }], assigned: [] });
    await committed();
  });

  it('a new boot of its owner does not get it', async () => {
    const id = await world.session({ ...lapsed, bootId: 'a-boot-0' });
    const committed = await takeoverUnderWay(id);
    expect((await world.beat('a')).assigned).toEqual([]);
    await committed();
    expect((await world.beat('a')).assigned).toEqual([]);
    expect(await world.lease(id)).toMatchObject({ runnerId: 'b', epoch: 5 });
  });
});

it('a stop that is under way while its owner heartbeats: stopped, not taken, so that the owner reports its end', async () => {
  const id = await world.session({ runnerId: 'a', bootId: 'a-boot-1', epoch: 4, leaseIn: 20 });
  const stopped = world.db.batch([
    world.db.execute(stopLease(id)),
    world.db.execute(sql`select pg_sleep(1)`),
  ]);
  await world.untilLocked(sql`session_leases where session_id = ${id}`);
  const answer = await world.beat('a', { sessions: [[id, 4]] });
  expect(answer).toMatchObject({ renewed: [], lost: [{ sessionId: id, reason: 'stopped' }] });
  await stopped;
});

describe('a heartbeat that began before another and waits', () => {
  /** Holds the runner's row, so that its heartbeats wait with the time they began at, until `freed` is true. */
  async function heldBack(runnerId: string, freed: string): Promise<{ done: Promise<unknown> }> {
    const done = Promise.resolve(
      world.db.execute(
        sql.raw(`do $$ begin
          perform from runners where id = '${runnerId}' for update;
          for turn in 1..1000 loop
            exit when exists (${freed});
            perform pg_sleep(0.005);
          end loop;
        end $$`),
      ),
    );
    await world.untilLocked(sql`runners where id = ${runnerId}`);
    return { done };
  }
  const untilOneWaits = async (): Promise<void> => {
    await expect
      .poll(async () => {
        const { rows } = await world.db.execute(sql`select from pg_locks where not granted`);
        return rows.length;
      })
      .toBeGreaterThan(0);
  };

  it('takes up what was given back meanwhile: the history has one owner after the other', async () => {
    await world.beat('a');
    await world.beat('b');
    const id = await world.session({ runnerId: 'a', bootId: 'a-boot-1', epoch: 4, leaseIn: 20 });
    const { leaseHistory } = world.schema;
    const owner = { runnerId: 'a', bootId: 'a-boot-1', cause: 'adopted' };
    await world.db.insert(leaseHistory).values({ sessionId: id, epoch: 4, ...owner });
    const { done } = await heldBack(
      'b',
      `select from session_leases where session_id = '${id}' and runner_id = 'b'`,
    );
    const early = world.beat('b');
    await untilOneWaits();
    await world.beat('a', { draining: true, released: [{ sessionId: id, epoch: 4 }] });
    await done;
    expect((await early).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
    const [before, next] = await world.history(id);
    expect(before?.endedAt).not.toBeNull();
    expect(next?.at.getTime()).toBeGreaterThanOrEqual(before?.endedAt?.getTime() ?? Infinity);
  });
});

describe('heartbeats of one runner at once', () => {
  it('hand out a placed session under one epoch', async () => {
    const id = await world.session({ runnerId: 'a', leaseIn: 10 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => world.beat('a')));
    const epochs = answers.flatMap(({ assigned }) => assigned.map(({ epoch }) => epoch));
    expect(epochs).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await world.history(id)).toHaveLength(1);
  });

  it('with many sessions, named in any order, never wait for each other in a circle', async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, () =>
        world.session({ runnerId: 'a', bootId: 'a-boot-1', epoch: 1, leaseIn: 10 }),
      ),
    );
    const orders = [ids, ids.toReversed(), ids.toSorted(), ids];
    const answers = await Promise.all(
      orders.map((order) =>
        world.beat('a', { maxSessions: 20, sessions: order.map((id) => [id, 1] as const) }),
      ),
    );
    for (const { renewed } of answers) expect(renewed).toHaveLength(12);
  });
});
