import { z } from 'zod';
import type { PublicEvent } from '../../shared/catalogue/events/index.ts';
import { parseExactEvent } from '../../shared/testing/exact-event.ts';

const Closed = z.object({ code: z.number(), reason: z.string() });
export type Closed = z.infer<typeof Closed>;

export type EventStream = {
  /** Where it began: `seq` of the last event before it. */
  cursor: number;
  /** What came, as it came. */
  events: PublicEvent[];
  /** The ids of the next events, once there are so many. */
  next: (count: number) => Promise<string[]>;
  /** Resolves when the stream has ended, with what it said why; null when it said nothing. */
  closed: Promise<Closed | null>;
  close: () => Promise<void>;
};

/**
 * `GET /v1/realtime` as a customer's program reads it: server-sent events. It reads all the time, or the hub would cut it off.
 * Resolves with the first block, which tells the cursor.
 */
export async function openEventStream(
  apiUrl: string,
  apiKey: string,
  query: string,
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const response = await fetch(new URL(`/v1/realtime?${query}`, apiUrl), {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${apiKey}`, ...headers },
  });
  if (!response.ok || response.body === null)
    throw new Error(`${response.status} ${await response.text()}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const events: PublicEvent[] = [];
  const begun = Promise.withResolvers<number>();
  let arrived = Promise.withResolvers<void>();
  let saidWhy: Closed | null = null;
  const take = (block: string): void => {
    const [, id] = /^id: (\d+)$/m.exec(block) ?? [];
    const [, name] = /^event: (.+)$/m.exec(block) ?? [];
    const [, json] = /^data: (.+)$/m.exec(block) ?? [];
    if (id !== undefined) begun.resolve(Number(id));
    if (json === undefined) return;
    if (name === 'close') saidWhy = Closed.parse(JSON.parse(json));
    else events.push(parseExactEvent(JSON.parse(json)));
  };
  const readAll = async (): Promise<void> => {
    for (let text = ''; ;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (text + value).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) take(block);
      arrived.resolve();
      arrived = Promise.withResolvers<void>();
    }
  };
  // A connection that breaks has ended as well.
  const ended = readAll().catch((error: unknown) => error);
  const closed = ended.then((error) => {
    begun.reject(error ?? new Error('the stream ended before it began'));
    return saidWhy;
  });
  let given = 0;
  return {
    cursor: await begun.promise,
    events,
    next: async (count) => {
      while (events.length < given + count) {
        const isOver = await Promise.race([arrived.promise, closed.then(() => true)]);
        if (isOver === true) throw new Error(`the stream ended: ${JSON.stringify(saidWhy)}`);
      }
      given += count;
      return events.slice(given - count, given).map(({ id }) => id);
    },
    closed,
    close: () => reader.cancel().catch(() => undefined),
  };
}
