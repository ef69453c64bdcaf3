import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import type { Readiness } from '../../values/readiness.ts';
import { LEASE } from '../../../shared/protocol/leases.ts';
import { expectOk, probe, PROBE_TIMEOUT_MS } from './probe.ts';

/** So long an answer is given again: a flood of questions must not become one of probes. */
const KEPT_MS = 5_000;
const LONGEST_MS = PROBE_TIMEOUT_MS + 1_000;

/** Whether every dependency answers, as of the last seconds. Says that one is down, never why: the log does. */
export const checkReadiness = ({ ctx }: { ctx: Services }): Promise<Readiness> =>
  ctx.lastReadiness.of(ctx.env).get({
    now: ctx.now,
    keptMs: KEPT_MS,
    longestMs: LONGEST_MS,
    ask: () => probeAll(ctx),
  });

/** Asks every dependency, each on its own and with a time limit. */
async function probeAll(ctx: Services): Promise<Readiness> {
  const { env } = ctx;
  let online = 0;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const [database, redis, qstash, objects] = await Promise.all([
    probe(ctx, 'database', async () => {
      online = await countRunners(ctx);
    }),
    probe(ctx, 'redis', (signal) =>
      expectOk(
        fetch(env.UPSTASH_REDIS_REST_URL, {
          method: 'POST',
          headers: bearer(env.UPSTASH_REDIS_REST_TOKEN),
          body: '["PING"]',
          signal,
        }),
      ),
    ),
    probe(ctx, 'qstash', (signal) =>
      expectOk(fetch(`${env.QSTASH_URL}/v2/keys`, { headers: bearer(env.QSTASH_TOKEN), signal })),
    ),
    probe(ctx, 'objects', async (signal) => {
      const url = await ctx.objects.presignGet('readiness/probe', 60);
      await expectOk(fetch(url, { signal }), 404);
    }),
  ]);
  if (database.status === 'up' && online === 0)
    ctx.log({ event: 'dependency_down', dependency: 'runners', message: 'no recent heartbeat' });
  const dependencies = { database, redis, qstash, objects };
  const isDown = Object.values(dependencies).some(({ status }) => status === 'down');
  const degraded = isDown || online === 0 ? 'degraded' : 'ready';
  const status = database.status === 'down' ? 'unavailable' : degraded;
  return { status, dependencies, runners: { status: online > 0 ? 'up' : 'down', online } };
}

async function countRunners(ctx: Services): Promise<number> {
  const { rows } = await ctx.db.execute(sql`
    select count(*) as online from runners
    where heartbeat_at > now() - ${3 * LEASE.heartbeatMs}::int * interval '1 millisecond'`);
  return z.object({ online: Count }).parse(rows[0]).online;
}
