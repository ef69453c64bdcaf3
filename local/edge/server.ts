import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { RunningService } from '../service-process.ts';
import { buildWorker } from './build.ts';
import { startWorkerd, type Workerd } from './workerd.ts';
import { readWranglerConfig } from './wrangler-config.ts';

export const EdgeConfig = z.object({
  port: z.number().int(),
  dataDir: z.string(),
  /** The Worker's log. */
  logFile: z.string(),
  /** The Worker's variables and secrets, as `wrangler secret` would hold them. */
  variables: z.record(z.string(), z.string()),
  /** A JSON file of variables that go before those, a change is deployed within a minute. It need not exist. */
  variablesFile: z.string().optional(),
  /** CIDR ranges that the EGRESS_PRIVATE binding reaches; none = no such binding. */
  privateEgress: z.array(z.string()),
});
export type EdgeConfig = z.infer<typeof EdgeConfig>;

const root = fileURLToPath(new URL('../..', import.meta.url));
const CRON_INTERVAL_MS = 60_000;

/**
 * Runs the Worker in workerd: the bundle that a deploy would upload, Durable Object storage on disk, egress to public
 * addresses only, and a ticker in place of Cloudflare's cron. Each minute, or at once on SIGUSR2, cron comes round, and the
 * bundle is deployed again when `variablesFile` says something else. workerd is started again when it dies.
 */
export async function startEdge(config: EdgeConfig): Promise<RunningService> {
  const { dataDir, port, privateEgress, logFile } = config;
  const wrangler = await readWranglerConfig(join(root, 'wrangler.toml'));
  const { crons } = wrangler.triggers;
  // Cloudflare's clock is played for what all of wrangler.toml's triggers say.
  const unknown = crons.find((cron) => cron !== '* * * * *');
  if (unknown !== undefined)
    throw new Error(`the local ticker knows '* * * * *' only, not '${unknown}'`);
  await mkdir(dataDir, { recursive: true });
  const bundle = {
    ...(await buildWorker(join(dataDir, 'bundle'))),
    compatibilityDate: wrangler.compatibility_date,
    compatibilityFlags: wrangler.compatibility_flags,
    durableObjects: wrangler.durable_objects.bindings,
    assets: join(root, wrangler.assets.directory),
    queues: wrangler.queues,
  };
  const start = async (): Promise<Workerd> => {
    const started = await startWorkerd({
      bundle,
      dataDir,
      port,
      variables,
      privateEgress,
      logFile,
    });
    void started.ended.then(async () => {
      if (started === workerd) workerd = await start().catch(() => process.exit(1));
    });
    return started;
  };
  let variables = await variablesOf(config);
  let workerd: Workerd | undefined = await start();
  const stop = async (): Promise<void> => {
    const running = workerd;
    workerd = undefined;
    await running?.stop();
  };
  let isDeploying = false;
  const minute = async (): Promise<void> => {
    const wanted = await variablesOf(config);
    // None runs when an earlier deploy failed: it is tried again.
    const isDue = workerd === undefined || !isDeepStrictEqual(wanted, variables);
    if (isDue && !isDeploying) {
      isDeploying = true;
      variables = wanted;
      try {
        await stop();
        workerd = await start();
      } finally {
        isDeploying = false;
      }
    }
    await Promise.all(crons.map(async (cron) => workerd?.fireCron(cron)));
  };
  const comesRound = (): void => {
    minute().catch((error: unknown) => process.stderr.write(`cron: ${String(error)}\n`));
  };
  const timer = setInterval(comesRound, CRON_INTERVAL_MS);
  process.on('SIGUSR2', comesRound);
  return {
    url: `http://127.0.0.1:${workerd.port}`,
    close: async () => {
      clearInterval(timer);
      await stop();
    },
  };
}

async function variablesOf({
  variables,
  variablesFile,
}: EdgeConfig): Promise<EdgeConfig['variables']> {
  if (variablesFile === undefined) return variables;
  const text = await readFile(variablesFile, 'utf8').catch(() => '{}');
  return { ...variables, ...EdgeConfig.shape.variables.parse(JSON.parse(text)) };
}
