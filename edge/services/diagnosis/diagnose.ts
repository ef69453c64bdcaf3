import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { LEASE } from '../../../shared/protocol/leases.ts';
import { VERSION } from '../../../shared/version.ts';
import type { Services } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import type { Probe } from '../../values/readiness.ts';
import { expectOk, probe } from '../readiness/probe.ts';

/** A Worker may make so many requests at once, and a fleet of more says enough by its heartbeats. */
const RUNNERS_CALLED = 20;

const Runner = z.object({
  id: z.string(),
  region: z.string(),
  url: z.string(),
  version: z.string().nullable(),
  draining: z.boolean(),
  heartbeatAgeSeconds: z.number(),
});

const Known = z.object({
  now_ms: z.coerce.number(),
  migrations: Count,
  cron_age: z.coerce.number().nullable(),
  runners: z.array(Runner),
});

type RunnerState = Omit<z.infer<typeof Runner>, 'url'> & { probe: Probe | null };

/** What is true of a deployment beside its dependencies (`/ready`), for the operator. */
export type Diagnosis = {
  version: string;
  baseUrl: string;
  /** Where QStash and runners call. */
  callback: Probe & { url: string };
  mail: Probe;
  /** Null: the database does not answer. */
  record: {
    /** How much the Worker's clock is ahead of the database's. */
    clockAheadMs: number;
    migrations: number;
    /** Null: cron has never come round. */
    cronAgeSeconds: number | null;
    runners: RunnerState[];
  } | null;
};

/** Asks what the Worker alone can see: its callbacks, runners and mail, the clocks, and what the database knows. */
export async function diagnose({ ctx }: { ctx: Services }): Promise<Diagnosis> {
  const { env } = ctx;
  const callbackUrl = env.CALLBACK_URL ?? env.BASE_URL;
  const [record, callback, mail] = await Promise.all([
    readRecord(ctx),
    probe(ctx, 'callback', (signal) =>
      expectOk(fetch(new URL('/health', callbackUrl), { signal })),
    ),
    probe(ctx, 'mail', (signal) => askMail(ctx, signal)),
  ]);
  return {
    version: VERSION,
    baseUrl: env.BASE_URL,
    callback: { ...callback, url: callbackUrl },
    mail,
    record,
  };
}

/** A mail without a recipient is refused, after the token was looked at. */
async function askMail({ env }: Services, signal: AbortSignal): Promise<void> {
  const { status, body } = await fetch(`${env.MAIL_URL.replace(/\/+$/, '')}/emails`, {
    method: 'POST',
    headers: { authorization: `Bearer ${env.MAIL_TOKEN}`, 'content-type': 'application/json' },
    body: '{}',
    signal,
  });
  await body?.cancel();
  if (![400, 422].includes(status)) throw new Error(`answered ${status}`);
}

async function readRecord(ctx: Services): Promise<Diagnosis['record']> {
  let found: z.infer<typeof Known> | undefined;
  await probe(ctx, 'database', async () => {
    const { rows } = await ctx.db.execute(sql`
      select extract(epoch from clock_timestamp()) * 1000 as now_ms,
        (select count(*) from drizzle.__drizzle_migrations) as migrations,
        (select extract(epoch from now() - max(started_at)) from cron_rounds) as cron_age,
        (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'region', region, 'url', url, 'version', version,
            'draining', draining, 'heartbeatAgeSeconds', extract(epoch from now() - heartbeat_at))), '[]')
          from runners where heartbeat_at > now() - interval '15 minutes') as runners`);
    found = Known.parse(rows[0]);
  });
  if (found === undefined) return null;
  const clockAheadMs = Math.round(ctx.now() - found.now_ms);
  const states = found.runners.map((runner, index) => askRunner(ctx, runner, index));
  return {
    clockAheadMs,
    migrations: found.migrations,
    cronAgeSeconds: found.cron_age,
    runners: await Promise.all(states),
  };
}

/** One that is silent may be gone, and is not called. */
async function askRunner(
  ctx: Services,
  { url, ...runner }: z.infer<typeof Runner>,
  index: number,
): Promise<RunnerState> {
  const isAlive = runner.heartbeatAgeSeconds * 1_000 < LEASE.takeoverMs;
  if (!isAlive || index >= RUNNERS_CALLED) return { ...runner, probe: null };
  const headers = { 'fly-force-instance-id': runner.id };
  const answer = await probe(ctx, 'runner', (signal) =>
    expectOk(fetch(new URL('/health', url), { headers, signal })),
  );
  return { ...runner, probe: answer };
}
