import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { STARTS_PER_MINUTE } from '../../runners/placement.ts';
import { FleetUnavailableError } from '../../runners/fleets/port.ts';
import { createSession } from '../sessions/create-session.ts';
import { fleetWorld } from './testing/fleet-world.ts';
import { reconcileFleet } from './reconcile.ts';

describe('growth', () => {
  it('one machine per session: three sessions that wait get three machines, however many look at once', async () => {
    const world = await fleetWorld({ RUNNER_MAX_SESSIONS: 1 });
    const sessions = await Promise.all([world.session(), world.session(), world.session()]);
    await Promise.all([world.reconcile(), world.reconcile(), world.reconcile()]);
    await world.reconcile();
    const machines = await world.machines();
    expect(machines).toHaveLength(3);
    expect(new Set((await world.rows()).map(({ machineId }) => machineId))).toEqual(
      new Set(machines.map(({ id }) => id)),
    );
    // Each takes up one session with its first heartbeat.
    for (const { id } of machines) await world.beat(id, { maxSessions: 1 });
    const owners = await Promise.all(sessions.map(async (id) => (await world.lease(id)).runnerId));
    expect(new Set(owners)).toEqual(new Set(machines.map(({ id }) => id)));
    await world.reconcile();
    expect(await world.machines()).toHaveLength(3);
  });

  it('ten sessions share one machine', async () => {
    const world = await fleetWorld();
    await Promise.all(Array.from({ length: 10 }, () => world.session()));
    await world.reconcile();
    expect(await world.machines()).toHaveLength(1);
  });

  it('stops at the most, and says that the fleet is full', async () => {
    const world = await fleetWorld({ RUNNER_MAX_SESSIONS: 1, FLEET_MAX_MACHINES: 1 });
    await Promise.all([world.session(), world.session()]);
    await world.reconcile();
    await world.reconcile();
    expect(await world.machines()).toHaveLength(1);
    expect(world.harness.lines.map(({ event }) => event)).toContain('fleet_full');
  });

  it('goes to the neighbour when a region refuses', async () => {
    const world = await fleetWorld();
    await world.fail({ action: 'create', status: 422 });
    await world.session();
    await world.reconcile();
    expect(await world.machines()).toEqual([]);
    await world.reconcile();
    expect((await world.only()).region).toBe('iad');
  });

  it('a run that ends between request and answer: its machine is found, and none made beside it', async () => {
    const world = await fleetWorld();
    await world.session();
    const dying = {
      ...world.fleet,
      create: async (wanted: { requestId: string; region: string }) => {
        await world.fleet.create(wanted);
        throw new FleetUnavailableError('the run ends here');
      },
    };
    await reconcileFleet(world.services(dying));
    expect(await world.rows()).toMatchObject([{ machineId: null }]);
    await world.reconcile();
    expect(await world.rows()).toMatchObject([{ machineId: (await world.only()).id }]);
  });
});

describe('a run whose claim somebody else has', () => {
  it('does nothing more', async () => {
    const world = await fleetWorld({ RUNNER_MAX_SESSIONS: 1 });
    await Promise.all([world.session(), world.session()]);
    const { schema } = world;
    const slow = {
      ...world.fleet,
      create: async (wanted: { requestId: string; region: string }) => {
        const made = await world.fleet.create(wanted);
        await world.db.update(schema.fleetClaims).set({ holder: 'another run' });
        return made;
      },
    };
    await reconcileFleet(world.services(slow));
    expect(await world.machines()).toHaveLength(1);
    await world.db
      .update(schema.fleetClaims)
      .set({ claimedUntil: sql`now() - interval '1 second'` });
    await world.reconcile();
    expect(await world.machines()).toHaveLength(2);
  });
});

describe('a deploy', () => {
  it('replaces the machines of the old image: a new one first, then the old one drains and goes', async () => {
    const world = await fleetWorld();
    const session = await world.session();
    await world.reconcile();
    const old = await world.only();
    await world.beat(old.id);
    await world.inState(old.id, 'started');
    const deployed = world.services(world.fleetOf({ FLY_RUNNER_IMAGE: 'runner:2' }));

    await reconcileFleet(deployed);
    const fresh = (await world.machines()).find(({ id }) => id !== old.id);
    expect(fresh?.image).toBe('runner:2');
    await reconcileFleet(deployed);
    await world.inState(old.id, 'started');
    await world.beat(fresh?.id ?? '');
    await reconcileFleet(deployed);
    await world.inState(old.id, 'stopped');

    // Its last word as it drains frees the session; here the lease is let run out.
    await world.db
      .update(world.schema.sessionLeases)
      .set({ leaseUntil: null })
      .where(eq(world.schema.sessionLeases.sessionId, session));
    await world.beat(fresh?.id ?? '');
    expect((await world.lease(session)).runnerId).toBe(fresh?.id);
    await reconcileFleet(deployed);
    expect((await world.only()).id).toBe(fresh?.id);
    expect(await world.rows()).toMatchObject([{ machineId: fresh?.id, image: 'runner:2' }]);
  });
});

describe('what is half made', () => {
  it('is given up after ten minutes: a row without machine, a machine without row', async () => {
    const world = await fleetWorld();
    const { db, schema } = world;
    await db.insert(schema.fleetMachines).values({
      id: 'mch_lost',
      region: 'fra',
      image: 'runner:1',
      desired: 'running',
      reason: 'test',
    });
    const stray = await world.fleet.create({ requestId: 'mch_unknown', region: 'fra' });
    await world.reconcile();
    expect(await world.rows()).toHaveLength(1);
    expect(await world.machines()).toHaveLength(1);

    await world.pass(11);
    const later = { ...world.services(), now: () => Date.now() + 11 * 60_000 };
    await reconcileFleet(later);
    expect(await world.rows()).toEqual([]);
    expect(await world.machines()).toEqual([]);
    expect(stray.requestId).toBe('mch_unknown');
  });

  it('an API that is away costs one run, and the next one works', async () => {
    const world = await fleetWorld();
    await world.session();
    await world.fail({ action: 'list', status: 500, times: 5 });
    await expect(world.reconcile()).rejects.toThrow('Fly did not do GET');
    await world.reconcile();
    expect(await world.machines()).toHaveLength(1);
  });
});

describe('starts are capped', () => {
  it('a workspace that has begun many within a minute waits; another one does not', async () => {
    const world = await fleetWorld();
    const first = await world.session();
    await world.db.insert(world.schema.leaseHistory).values(
      await Promise.all(
        Array.from({ length: STARTS_PER_MINUTE.workspace }, async () => ({
          sessionId: await world.session({ desired: 'stopped' }),
          epoch: 1,
          runnerId: 'elsewhere',
          bootId: 'boot',
          cause: 'adopted',
        })),
      ),
    );
    const other = await world.harness.newWorkspace();
    const { id: neighbour } = await world.harness.newSession({ workspaceId: other.workspaceId });
    const { assigned } = await world.beat('capped');
    expect(assigned.map(({ sessionId }) => sessionId)).toEqual([neighbour]);
    expect((await world.lease(first)).runnerId).toBeNull();
  });

  it('a runner that has begun many within a minute gets no more', async () => {
    const world = await fleetWorld();
    for (let count = 0; count < STARTS_PER_MINUTE.runner; count += 1) {
      await world.db.insert(world.schema.leaseHistory).values({
        sessionId: await world.session({ desired: 'stopped' }),
        epoch: 1,
        runnerId: 'busy',
        bootId: 'boot',
        cause: 'adopted',
      });
    }
    await world.session();
    expect((await world.beat('busy', { maxSessions: 100 })).assigned).toEqual([]);
    expect((await world.beat('free')).assigned).toHaveLength(1);
  });
});

describe('a run for a request', () => {
  it('makes room, and leaves everything else to the next one of cron', async () => {
    const world = await fleetWorld();
    await world.session();
    const stray = await world.fleet.create({ requestId: 'mch_unknown', region: 'fra' });
    const claims: unknown[] = [];
    const watched = {
      ...world.fleet,
      create: async (wanted: { requestId: string; region: string }) => {
        const { rows } = await world.db.execute(sql`
          select claimed_until <= now() + interval '30 seconds' as short from fleet_claims`);
        claims.push(...rows);
        return world.fleet.create(wanted);
      },
    };
    const later = { ...world.services(watched), now: () => Date.now() + 11 * 60_000 };
    await reconcileFleet(later, 'growth');
    expect(claims).toEqual([{ short: true }]);
    const ids = (await world.machines()).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(ids).toContain(stray.machineId);
    await reconcileFleet(later);
    expect((await world.machines()).map(({ id }) => id)).not.toContain(stray.machineId);
  });
});

describe('a session that is created', () => {
  it('and finds no room has a machine made for it at once, near whoever made it', async () => {
    const world = await fleetWorld();
    const { ctx } = await world.harness.newWorkspace();
    const growing: Promise<unknown>[] = [];
    const created = await createSession({
      ctx: { ...ctx, ...world.services(), waitUntil: (work) => void growing.push(work) },
      input: {
        name: 'first',
        mode: 'sandbox',
        sandboxProfile: null,
        pacing: { minIntervalMs: 0, jitterMs: 0 },
        region: null,
        proxy: null,
        origin: { country: 'US' },
      },
    });
    await Promise.all(growing);
    expect(created).toMatchObject({
      status: 'created',
      profile: 'stock',
      runner: null,
      region: 'iad',
    });
    const machine = await world.only();
    expect(machine.region).toBe('iad');
    const { assigned } = await world.beat(machine.id, { region: 'iad' });
    expect(assigned.map(({ sessionId }) => sessionId)).toEqual([created.id]);
  });
});
