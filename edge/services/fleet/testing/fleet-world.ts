import { eq, sql } from 'drizzle-orm';
import type { FlyFleetEnv } from '../../../runners/fleets/fly.ts';
import { flyApp } from '../../../testing/fly.ts';
import { ownershipWorld } from '../../ownership/testing/world.ts';
import { reconcileFleet } from '../reconcile.ts';

/** A database and a Fly app of one test's own. */
export async function fleetWorld(
  settings: Partial<FlyFleetEnv & { FLEET_IDLE_MINUTES: number }> = {},
) {
  const world = await ownershipWorld();
  const app = flyApp(settings);
  const { db, schema } = world;
  const env = { ...world.harness.env, ...app.env, ...settings };
  const services = (fleet = app.fleet) => ({ ...world.services, env, fleet });
  const machines = async () =>
    (await app.machines()).filter(({ state }) => state !== 'destroyed' && state !== 'destroying');
  const only = async () => {
    const [one, ...others] = await machines();
    if (one === undefined || others.length > 0) throw new Error(`${others.length + 1} machines`);
    return one;
  };
  return {
    ...world,
    ...app,
    services,
    machines,
    only,
    rows: () => db.select().from(schema.fleetMachines),
    reconcile: () => reconcileFleet(services()),
    /** Everything about our rows happened this much earlier. */
    pass: (minutes: number) =>
      db.execute(sql`update fleet_machines set created_at = created_at - ${minutes}::int * interval '1 minute',
        desired_at = desired_at - ${minutes}::int * interval '1 minute',
        busy_at = busy_at - ${minutes}::int * interval '1 minute'`),
    forgetHeartbeat: (runnerId: string) =>
      db
        .update(schema.runners)
        .set({ heartbeatAt: sql`now() - interval '1 minute'` })
        .where(eq(schema.runners.id, runnerId)),
  };
}
