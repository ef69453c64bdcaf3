import { setTimeout as sleep } from 'node:timers/promises';
import type { PublicEvent } from '../../shared/catalogue/events/index.ts';

const AGAIN_MS = 500;

export type Connection = {
  /** Where it began: `seq` of the last event before it. */
  cursor: number;
  /** What came, as it came. */
  events: readonly Pick<PublicEvent, 'id' | 'seq'>[];
  closed: Promise<unknown>;
  close: () => unknown;
};

export type Follower = {
  /** Where it began. */
  from: number;
  /** Every event that came, on all its connections, in that order. */
  ids: () => string[];
  /** `seq` of the last one. */
  last: () => number;
  /** How often it was cut off and went on. */
  resumed: () => number;
  /** Ends its connection, as a bad line does. */
  cut: () => unknown;
  stop: () => Promise<void>;
};

/** A reader of a workspace's events from now on. After each cut it connects again, and asks for what is after its last event. */
export async function follow(
  open: (after: number | null) => Promise<Connection>,
): Promise<Follower> {
  const first = await open(null);
  const connections = [first];
  const stopped = Promise.withResolvers<void>();
  let isStopped = false;
  const last = (): number =>
    connections.findLast(({ events }) => events.length > 0)?.events.at(-1)?.seq ?? first.cursor;

  const again = async (): Promise<void> => {
    while (!isStopped) {
      const next = await open(last()).catch(() => null);
      if (next !== null) return void connections.push(next);
      await sleep(AGAIN_MS);
    }
  };
  const run = async (): Promise<void> => {
    while (!isStopped) {
      await Promise.race([connections.at(-1)?.closed, stopped.promise]);
      await again();
    }
    await connections.at(-1)?.close();
  };
  const running = run();
  return {
    from: first.cursor,
    ids: () => connections.flatMap(({ events }) => events.map(({ id }) => id)),
    last,
    resumed: () => connections.length - 1,
    cut: () => connections.at(-1)?.close(),
    stop: () => {
      isStopped = true;
      stopped.resolve();
      return running;
    },
  };
}
