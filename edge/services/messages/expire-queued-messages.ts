import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { failQueuedMessages, type FailServices } from './fail-queued-messages.ts';

/** Of 200 messages each. After an outage there may be any number: the next round goes on, and other jobs have their turn. */
const BATCHES = 10;
/** More that expire within this are taken together. */
const GATHER_MS = 1_000;

const Next = z.object({ in_ms: z.coerce.number().nullable() });

/**
 * Fails queued messages whose time is over, whoever has their session: it may be stopped or offline, or far behind with its
 * queue. What a runner has claimed, it expires itself. A run takes a portion; the next one takes up the rest.
 */
export async function expireQueuedMessages(services: FailServices): Promise<void> {
  const which = sql`message.expires_at <= now()`;
  for (let batch = 0; batch < BATCHES; batch += 1)
    if ((await failQueuedMessages(services, { which, code: 'EXPIRED' })) === 0) return;
}

/** Expires messages on time for `forMs`, with as many queries as there are times to wake up at. */
export async function expireAsTheyCome(services: FailServices, forMs: number): Promise<void> {
  const end = services.now() + forMs;
  for (;;) {
    await expireQueuedMessages(services);
    const { rows } = await services.db.execute(sql`
      select extract(epoch from min(expires_at) - now()) * 1000 as in_ms from messages where status = 'queued'`);
    const waitMs = Math.max(GATHER_MS, z.array(Next).parse(rows)[0]?.in_ms ?? Infinity);
    if (services.now() + waitMs > end) return;
    await scheduler.wait(waitMs);
  }
}
