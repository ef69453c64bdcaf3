import type { Connection, History, Owner } from './history.ts';

type Rule = (history: Pick<History, 'owners' | 'connections'>) => string[];

/** How late the simulated WhatsApp may hear that a line ended. What is looked for lasts for seconds. */
const HEARD_WITHIN_MS = 1_000;

/** What the database wrote of owners, and what WhatsApp saw of their devices. */
export const OWNERSHIP_RULES: Readonly<Record<string, Rule>> = {
  'a session has one owner at a time': ({ owners }) =>
    pairs(owners, ({ sessionId }) => sessionId).flatMap(([before, next]) =>
      endOf(before) > next.from ? [`${name(next)} began before the end of ${name(before)}`] : [],
    ),

  'an owner’s time does not end before it begins': ({ owners }) =>
    owners.flatMap((owner) => (endOf(owner) < owner.from ? [name(owner)] : [])),

  'epochs only rise': ({ owners }) =>
    pairs(owners, ({ sessionId }) => sessionId).flatMap(([before, next]) =>
      next.epoch > before.epoch ? [] : [`${name(next)} after ${name(before)}`],
    ),

  'a device is connected once at a time': ({ connections }) =>
    pairs(connections, ({ sessionId, deviceId }) => `${sessionId} ${deviceId}`).flatMap(
      ([before, next]) =>
        endOf(before) > next.from
          ? [`device ${next.deviceId} of ${next.sessionId} for ${overlap(before, next)}`]
          : [],
    ),

  'a device is connected only in the time of the owner that connected it': ({
    connections,
    owners,
  }) =>
    connections.flatMap((connection) => {
      const owner = owners.findLast(
        ({ sessionId, from }) => sessionId === connection.sessionId && from <= connection.from,
      );
      if (owner === undefined) return [`${connection.sessionId} before it had an owner`];
      return endOf(connection) > endOf(owner) + HEARD_WITHIN_MS
        ? [`${connection.sessionId} after the end of ${name(owner)}`]
        : [];
    }),
};

const endOf = ({ to }: { to: number | null }): number => to ?? Infinity;

const name = ({ sessionId, epoch, runnerId, cause }: Owner): string =>
  `epoch ${epoch} of ${sessionId} (${runnerId}, ${cause})`;

const overlap = (before: Connection, next: Connection): string =>
  before.to === null ? 'ever' : `${before.to - next.from} ms`;

/** Neighbours within each group, in the order given. */
function pairs<Item>(items: readonly Item[], groupOf: (item: Item) => string): [Item, Item][] {
  return [...Map.groupBy(items, groupOf).values()].flatMap((group) =>
    group.slice(1).flatMap((next, index): [Item, Item][] => {
      const before = group[index];
      return before === undefined ? [] : [[before, next]];
    }),
  );
}
