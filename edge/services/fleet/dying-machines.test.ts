import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { applyAction } from './apply-action.ts';
import { fleetWorld } from './testing/fleet-world.ts';
import { reconcileFleet } from './reconcile.ts';

/** A fleet of one machine that runs one session. */
async function oneMachine() {
  const world = await fleetWorld();
  const session = await world.session();
  await world.reconcile();
  const { id } = await world.only();
  await world.beat(id);
  const owner = async () => (await world.lease(session)).runnerId;
  expect(await owner()).toBe(id);
  return { world, session, id, owner };
}

describe('a machine that is gone', () => {
  it.each(['failed', 'stopped', 'destroyed'] as const)(
    'as %s: its session is free at once, and it is removed and replaced',
    async (state) => {
      const { world, session, id } = await oneMachine();
      await world.pass(5);
      await world.forgetHeartbeat(id);
      await world.lose(id, state);
      await world.reconcile();
      const next = await world.only();
      expect(next.id).not.toBe(id);
      const answer = await world.beat(next.id);
      expect(answer.assigned.map(({ sessionId, epoch }) => ({ sessionId, epoch }))).toEqual([
        { sessionId: session, epoch: 2 },
      ]);
      expect((await world.rows()).map(({ machineId }) => machineId)).toEqual([next.id]);
    },
  );

  it('is not declared dead while it cannot be removed, since it may be alive', async () => {
    const { world, id, owner } = await oneMachine();
    await world.pass(30);
    await world.forgetHeartbeat(id);
    await world.db
      .update(world.schema.fleetMachines)
      .set({ silentSince: sql`now() - interval '20 minutes'` });
    await world.fail({ action: 'delete', status: 409 });
    await world.reconcile();
    expect(await owner()).toBe(id);
    await world.reconcile();
    expect(await owner()).toBeNull();
    expect((await world.machines()).map((machine) => machine.id)).not.toContain(id);
  });
});

describe('a machine keeps its sessions', () => {
  it('when the list says stopped, but it has booted again since', async () => {
    const { world, session, id } = await oneMachine();
    await world.pass(5);
    const moving = {
      ...world.fleet,
      list: async () => {
        const machines = await world.fleet.list();
        await world.beat(id, { bootId: 'boot-elsewhere' });
        return machines.map((machine) => ({ ...machine, state: 'stopped' as const }));
      },
    };
    await reconcileFleet(world.services(moving));
    expect(await world.lease(session)).toMatchObject({
      runnerId: id,
      bootId: 'boot-elsewhere',
      epoch: 2,
    });
    expect((await world.only()).id).toBe(id);
  });

  it('when an earlier boot of it is declared dead', async () => {
    const { world, id, owner } = await oneMachine();
    await world.pass(5);
    await world.forgetHeartbeat(id);
    await applyAction(
      world.services(),
      { kind: 'declareDead', machineId: id, bootId: 'boot-before', why: 'died' },
      new Date(),
    );
    expect(await owner()).toBe(id);
  });

  it('when it is heard of again while the run is at another machine', async () => {
    const { world, session, id } = await oneMachine();
    const other = await world.fleet.create({ requestId: 'mch_000first', region: 'fra' });
    await world.db.insert(world.schema.fleetMachines).values({
      id: 'mch_000first',
      machineId: other.machineId,
      region: 'fra',
      image: 'runner:1',
      desired: 'running',
      reason: 'test',
    });
    await world.pass(5);
    await world.forgetHeartbeat(id);
    await world.lose(id, 'stopped');
    await world.lose(other.machineId, 'stopped');
    const removing = {
      ...world.fleet,
      destroy: async (machineId: string) => {
        await world.fleet.destroy(machineId);
        if (machineId === other.machineId) await world.beat(id, { sessions: [[session, 1]] });
      },
    };
    await reconcileFleet(world.services(removing));
    expect(await world.lease(session)).toMatchObject({ runnerId: id, epoch: 1 });
    expect((await world.rows()).map(({ machineId }) => machineId)).toContain(id);
    expect((await world.rows()).map(({ machineId }) => machineId)).not.toContain(other.machineId);
  });

  it('and is not stopped when it was started again meanwhile', async () => {
    const { world, id } = await oneMachine();
    await world.inState(id, 'started');
    const plannedAt = new Date();
    await world.db.update(world.schema.fleetMachines).set({ desiredAt: sql`now()` });
    await applyAction(
      world.services(),
      { kind: 'stop', machineId: id, why: 'wanted_stopped' },
      plannedAt,
    );
    expect(await world.machines()).toMatchObject([{ id, state: 'started', cordoned: false }]);
  });

  it('when it runs and heartbeats', async () => {
    const { world, id, owner } = await oneMachine();
    await world.pass(5);
    await world.reconcile();
    expect(await owner()).toBe(id);
    expect((await world.only()).id).toBe(id);
  });
});
