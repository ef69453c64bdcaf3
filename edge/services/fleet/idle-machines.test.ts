import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { fleetWorld } from './testing/fleet-world.ts';
import { reconcileFleet } from './reconcile.ts';

describe('an idle machine', () => {
  const idleWorld = async () => {
    const world = await fleetWorld();
    const session = await world.session();
    await world.reconcile();
    const { id } = await world.only();
    await world.beat(id);
    await world.inState(id, 'started');
    await world.pass(20);
    return { world, session, id };
  };
  const end = (world: Awaited<ReturnType<typeof fleetWorld>>, session: string) =>
    world.db.delete(world.schema.sessions).where(eq(world.schema.sessions.id, session));

  it('is never stopped while it owns a session; afterwards it is, and is started again for the next one', async () => {
    const { world, session, id } = await idleWorld();
    await world.reconcile();
    expect((await world.only()).state).toBe('started');

    await end(world, session);
    await world.pass(20);
    await world.beat(id);
    await world.reconcile();
    await world.inState(id, 'stopped');
    expect(await world.rows()).toMatchObject([
      { machineId: id, desired: 'stopped', reason: 'idle' },
    ]);

    await world.session();
    await world.reconcile();
    expect((await world.only()).id).toBe(id);
    await world.inState(id, 'started');
  });

  it('gets no session any more once it is to be stopped', async () => {
    const { world, session, id } = await idleWorld();
    await end(world, session);
    await world.pass(20);
    await world.beat(id);
    await world.fail({ action: 'stop', status: 404 });
    await world.reconcile();
    const late = await world.session();
    expect((await world.beat(id)).assigned).toEqual([]);
    expect((await world.lease(late)).runnerId).toBeNull();
  });

  it('that is handed a session at the moment of the decision stays', async () => {
    const { world, session, id } = await idleWorld();
    await end(world, session);
    await world.pass(20);
    await world.beat(id);
    const fleet = world.fleet;
    const late = await world.session();
    await Promise.all([world.beat(id), reconcileFleet(world.services(fleet))]);
    const { runnerId } = await world.lease(late);
    const [row] = await world.rows();
    // Either it was quicker and keeps the session, or it goes and has none.
    expect([row?.desired, runnerId]).toEqual(runnerId === id ? ['running', id] : ['stopped', null]);
  });
});
