import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { applyAction } from './apply-action.ts';
import { fleetWorld } from './testing/fleet-world.ts';
import { reconcileFleet } from './reconcile.ts';

describe('a machine that dies', () => {
  it.each(['failed', 'stopped', 'destroyed'] as const)(
    '%s: its session is free at once, it is removed and replaced',
    async (state) => {
      const world = await fleetWorld();
      const session = await world.session();
      await world.reconcile();
      const dead = await world.only();
      await world.beat(dead.id);
      expect((await world.lease(session)).runnerId).toBe(dead.id);
      await world.pass(5);
      await world.forgetHeartbeat(dead.id);
      await world.lose(dead.id, state);
      await world.reconcile();
      const next = await world.only();
      expect(next.id).not.toBe(dead.id);
      const answer = await world.beat(next.id);
      expect(answer.assigned.map(({ sessionId, epoch }) => ({ sessionId, epoch }))).toEqual([
        { sessionId: session, epoch: 2 },
      ]);
      expect((await world.rows()).map(({ machineId }) => machineId)).toEqual([next.id]);
    },
  );

  it('as the list says, and that its platform had up again before we looked: keeps its sessions', async () => {
    const world = await fleetWorld();
    const session = await world.session();
    await world.reconcile();
    const { id } = await world.only();
    await world.beat(id);
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

  it('and whose next boot is up before it is declared dead: the next boot is not', async () => {
    const world = await fleetWorld();
    const session = await world.session();
    await world.reconcile();
    const { id } = await world.only();
    await world.beat(id);
    await world.pass(5);
    await world.forgetHeartbeat(id);
    await applyAction(world.services(), {
      kind: 'declareDead',
      machineId: id,
      bootId: 'boot-before',
      why: 'died',
    });
    expect((await world.lease(session)).runnerId).toBe(id);
  });

  it('by its silence, and cannot be removed: is not declared dead, since it may live', async () => {
    const world = await fleetWorld();
    const session = await world.session();
    await world.reconcile();
    const { id } = await world.only();
    await world.beat(id);
    await world.pass(30);
    await world.forgetHeartbeat(id);
    await world.db
      .update(world.schema.fleetMachines)
      .set({ silentSince: sql`now() - interval '20 minutes'` });
    await world.fail({ action: 'delete', status: 409 });
    await world.reconcile();
    expect((await world.lease(session)).runnerId).toBe(id);
    await world.reconcile();
    expect((await world.lease(session)).runnerId).toBeNull();
    expect((await world.machines()).map((machine) => machine.id)).not.toContain(id);
  });

  it('that only restarted keeps its sessions', async () => {
    const world = await fleetWorld();
    const session = await world.session();
    await world.reconcile();
    const { id } = await world.only();
    await world.beat(id);
    await world.pass(5);
    await world.reconcile();
    expect((await world.lease(session)).runnerId).toBe(id);
    expect((await world.only()).id).toBe(id);
  });
});
