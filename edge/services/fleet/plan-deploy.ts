import {
  AT_REST,
  type FleetSettings,
  GONE,
  isAlive,
  type MachineFacts,
  placesOf,
} from './fleet-facts.ts';

/** One of so many machines may be on its way out for a deploy at a time. */
const FLEET_SHARE_PER_DRAIN = 50;

/**
 * The machines of an old image that may go now, those with the fewest sessions first: one at a time, in large fleets one of
 * fifty, and only those whose sessions have a place on the new image; a fleet that may not grow takes what it gets.
 * `homeless` is for how many sessions places are missing before the next one can go.
 */
export function planDeploy(
  kept: readonly MachineFacts[],
  all: readonly MachineFacts[],
  settings: FleetSettings,
): { leaving: MachineFacts[]; homeless: number; region: string } {
  const onTheirWay = all.filter(
    ({ desired, state }) => desired === 'gone' && !GONE.includes(state) && !AT_REST.includes(state),
  ).length;
  const atOnce = Math.max(1, Math.floor(kept.length / FLEET_SHARE_PER_DRAIN)) - onTheirWay;
  const next = kept
    .filter(({ image, machineId }) => image !== settings.image && machineId !== null)
    .toSorted((left, right) => left.sessions - right.sessions)
    .slice(0, Math.max(0, atOnce));
  const full = kept.length >= settings.maxMachines;
  let room = kept
    .filter((one) => one.image === settings.image && isAlive(one))
    .reduce((sum, one) => sum + placesOf(one, settings).free, 0);
  const leaving: MachineFacts[] = [];
  let homeless = 0;
  for (const machine of next) {
    if (machine.sessions <= room || full) leaving.push(machine);
    else homeless += machine.sessions - Math.max(0, room);
    room -= machine.sessions;
  }
  return { leaving, homeless, region: next[0]?.region ?? settings.regions[0] ?? '' };
}
