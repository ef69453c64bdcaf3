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

/** Fly takes one request a second of each kind. */
const CHANGES_PER_RUN = 30;
/** Looks that one run takes when others came meanwhile. */
const MOST_ROUNDS = 3;

/**
 * How long a run begins new actions, and for how long it claims the fleet before each: longer than an action takes (see
 * fly-api.ts). What runs after an answer may be cut off half a minute later, and must not keep others waiting for long.
 */
const PACE = {
  all: { runMs: 60_000, claimSeconds: 90 },
  growth: { runMs: 8_000, claimSeconds: 30 },
} as const;
type Scope = keyof typeof PACE;

export type ReconcileServices = FleetServices & Pick<Services, 'env'>;

/**
 * Brings the fleet to what the sessions need: see planFleet. Cron does all of it; `growth` alone is for a request whose
 * session finds no room. One at a time: who comes while another is at it leaves a note, and that one looks again.
 */
export async function reconcileFleet(
  services: ReconcileServices,
  scope: Scope = 'all',
): Promise<void> {
  if (services.fleet.scaling === null) return noteMissing(services);
  const run = { scope, holder: crypto.randomUUID(), endAt: services.now() + PACE[scope].runMs };
  for (let round = 0; round < MOST_ROUNDS && services.now() < run.endAt; round += 1) {
    if (!(await claim(services, run))) return;
    let again = false;
    try {
      await runOnce(services, services.fleet.scaling, run);
    } finally {
      again = await releaseFleet(services.db, run.holder);
    }
    if (!again) return;
  }
}

type Run = { scope: Scope; holder: string; endAt: number };

const claim = ({ db }: ReconcileServices, { scope, holder }: Run): Promise<boolean> =>
  claimFleet(db, holder, PACE[scope].claimSeconds);

async function runOnce(
  services: ReconcileServices,
  scaling: Pick<FleetSettings, 'image' | 'minMachines' | 'maxMachines' | 'regions'>,
  run: Run,
): Promise<void> {
  const { env, db, fleet, log, now } = services;
  const askedAt = now();
  // The list first: a row that is written after it was read is younger than the list and is left alone.
  const machines = await fleet.list();
  const { rows, waiting, loadedAt } = await loadFleetRows(db);
  const { facts, adopted } = mergeFacts(rows, machines, {
    now: now(),
    listedForMs: now() - askedAt,
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
    if (run.scope === 'growth' && action.kind !== 'create' && action.kind !== 'resume') continue;
    if (now() > run.endAt || !(await claim(services, run))) break;
    // What could not be removed may live, and is not dead.
    const machineId = 'machineId' in action ? action.machineId : null;
    if (machineId !== null && failed.has(machineId)) continue;
    log({ event: 'fleet_action', ...action });
    try {
      await applyAction(services, action, loadedAt);
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
