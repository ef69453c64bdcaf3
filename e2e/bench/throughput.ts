import type { Deployment } from '../testing/deployment.ts';
import { sendText } from '../testing/session.ts';
import { until } from '../testing/until.ts';
import type { BenchSession } from './session.ts';
import type { Stock } from './stock.ts';

const MESSAGES = 300;
const CONCURRENCY = 10;

/**
 * Messages a second through one session with pacing off, and through bare `client.sendMessage` on the same page. Ours go over
 * HTTP, Postgres and the journal, wait for WhatsApp's ack one by one, and cause three webhooks each.
 */
export async function throughput(
  deployment: Deployment,
  session: BenchSession,
  stock: Stock,
): Promise<{ waypost: number; bare: number }> {
  const before = (await session.phone.wire({ ...session.at, limit: 10_000 })).records.length;
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (next < MESSAGES) {
        next += 1;
        await sendText(deployment, { sessionId: session.id, text: `throughput ${next}` });
      }
    }),
  );
  await until(
    'every message to be on the wire',
    async () => {
      const { records } = await session.phone.wire({ ...session.at, limit: 10_000 });
      return records.length - before >= MESSAGES ? true : undefined;
    },
    120_000,
  );
  const waypost = MESSAGES / ((performance.now() - startedAt) / 1000);
  const bare = MESSAGES / ((await stock.send(MESSAGES)) / 1000);
  return { waypost, bare };
}
