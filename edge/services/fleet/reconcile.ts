import type { Services } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';
import { FleetUnavailableError } from '../../runners/fleets/port.ts';
import { missingRunners } from '../../runners/fleets/static.ts';
import { loadRunners } from '../ownership/internal.ts';
import { adoptMachine, applyAction, type FleetServices } from './apply-action.ts';
import { claimFleet, releaseFleet } from './claim.ts';
import { loadFleetRows, mergeFacts } from './load-facts.ts';
import type { FleetSettings } from './fleet-facts.ts';
import { planFleet } from './plan-fleet.ts';

/** Fly takes one request a second of each kind; a run must end well before its claim does. */
const CHANGES_PER_RUN = 30;
const RUN_MS = 60_000;
/** Looks that one run takes when others came meanwhile. */
const MOST_ROUNDS = 3;

export type ReconcileServices = FleetServices & Pick<Services, 'env'>;

/**
 * Brings the fleet to what the sessions need: see planFleet. Called by cron, and at once when a session finds no room.
 * One at a time: who comes while another is at it leaves a note, and that one looks again.
 */
export async function reconcileFleet(services: ReconcileServices): Promise<void> {
  if (services.fleet.scaling === null) return noteMissing(services);
  const holder = crypto.randomUUID();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (!(await claimFleet(services.db, holder))) return;
    let again = false;
    try {
      await runOnce(services, services.fleet.scaling);
    } finally {
      again = await releaseFleet(services.db, holder);
    }
    if (!again) return;
  }
}

async function runOnce(
  services: ReconcileServices,
  scaling: Pick<FleetSettings, 'image' | 'minMachines' | 'maxMachines' | 'regions'>,
): Promise<void> {
  const { env, db, fleet, log, now } = services;
  const startedAt = now();
  // The list first: a row that is written after it was read is younger than the list and is left alone.
  const machines = await fleet.list();
  const { rows, waiting } = await loadFleetRows(db);
  const { facts, adopted } = mergeFacts(rows, machines, {
    now: now(),
    listedForMs: now() - startedAt,
  });
  for (const pair of adopted) await adoptMachine(services, pair);
  const actions = planFleet(
    { machines: facts, waiting },
    {
      ...scaling,
      maxSessions: env.RUNNER_MAX_SESSIONS,
      reservedPercent: env.RESERVED_PLACES_PERCENT,
      idleAfterMs: env.FLEET_IDLE_MINUTES * 60_000,
      changesPerRun: CHANGES_PER_RUN,
    },
  );
  const failed = new Set<string>();
  for (const action of actions) {
    if (now() - startedAt > RUN_MS) break;
    // What could not be removed may live, and is not dead.
    const machineId = 'machineId' in action ? action.machineId : null;
    if (machineId !== null && failed.has(machineId)) continue;
    log({ event: 'fleet_action', ...action });
    try {
      await applyAction(services, action);
    } catch (error) {
      log({ event: 'fleet_action_failed', ...action, ...describeError(error) });
      if (machineId !== null) failed.add(machineId);
      // The provider has had enough of us: the next run goes on.
      if (error instanceof FleetUnavailableError) break;
    }
  }
  const running = facts.filter(({ desired }) => desired === 'running').length;
  const wanting = waiting.reduce((sum, { count }) => sum + count, 0);
  if (wanting > 0 && running >= scaling.maxMachines)
    log({ event: 'fleet_full', waiting: wanting, machines: running });
}

/** Of a static fleet only people can make more; they are told what is missing. */
async function noteMissing({ env, db, log }: ReconcileServices): Promise<void> {
  if (env.RUNNER_URLS.length === 0) return;
  const heard = await loadRunners(db);
  const missing = missingRunners(
    env.RUNNER_URLS,
    heard.map(({ url }) => url),
  );
  if (missing.length > 0) log({ event: 'runners_missing', urls: missing });
}
