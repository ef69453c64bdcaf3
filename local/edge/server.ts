import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  Miniflare,
  type MiniflareOptions,
} from 'miniflare';
import { z } from 'zod';
import type { RunningService } from '../service-process.ts';
import { buildWorker } from './build.ts';
import { endLeftoverWorkerd, rememberWorkerd } from './leftover.ts';
import { readWranglerConfig, type WranglerConfig } from './wrangler-config.ts';

export const EdgeConfig = z.object({
  port: z.number().int(),
  dataDir: z.string(),
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
 * Runs the Worker in workerd, through Miniflare's API: the bundle that a deploy would upload, Durable Object storage on disk,
 * egress to public addresses only, and a ticker in place of Cloudflare's cron. Each minute, or at once on SIGUSR2, cron comes
 * round, and the bundle is deployed again when `variablesFile` says something else.
 */
export async function startEdge(config: EdgeConfig): Promise<RunningService> {
  const wrangler = await readWranglerConfig(join(root, 'wrangler.toml'));
  await mkdir(config.dataDir, { recursive: true });
  await endLeftoverWorkerd(config.dataDir);
  const script = await buildWorker(join(config.dataDir, 'bundle'));
  const bundle: WorkerBundle = {
    script,
    compatibilityDate: wrangler.compatibility_date,
    compatibilityFlags: wrangler.compatibility_flags,
    durableObjects: wrangler.durable_objects.bindings,
    assets: join(root, wrangler.assets.directory),
    queues: wrangler.queues,
  };
  let variables = await variablesOf(config);
  const options = () => workerOptions({ ...config, variables }, bundle);
  const miniflare = new Miniflare(options());
  const url = await miniflare.unsafeGetDirectURL();
  rememberWorkerd(config.dataDir);
  const cron = cronOf(miniflare, wrangler.triggers.crons);
  const minute = async (): Promise<void> => {
    const wanted = await variablesOf(config);
    if (!isDeepStrictEqual(wanted, variables)) {
      variables = wanted;
      await miniflare.setOptions(options());
      rememberWorkerd(config.dataDir);
    }
    await cron();
  };
  const comesRound = (): void => {
    minute().catch((error: unknown) => process.stderr.write(`cron: ${String(error)}\n`));
  };
  const timer = setInterval(comesRound, CRON_INTERVAL_MS);
  process.on('SIGUSR2', comesRound);
  return {
    url: url.origin,
    close: async () => {
      clearInterval(timer);
      await miniflare.dispose();
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

export type WorkerBundle = {
  script: string;
  compatibilityDate: string;
  compatibilityFlags: string[];
  /** Bindings as wrangler.toml names them. All keep their storage in SQLite. */
  durableObjects: readonly { name: string; class_name: string }[];
  /** Queues as wrangler.toml names them. */
  queues?: WranglerConfig['queues'];
  /** Folder of static assets, if there are any. */
  assets?: string;
};

/** Miniflare's options for one bundle: what is the same for every Worker that this deployment runs. */
export function workerOptions(config: EdgeConfig, bundle: WorkerBundle): MiniflareOptions {
  const { privateEgress } = config;
  const options = convertV4MiniflareOptions({
    host: '127.0.0.1',
    port: 0,
    // The public door is workerd's own: Miniflare's takes orders in headers (MF-*) and under /cdn-cgi.
    unsafeDirectSockets: [{ host: '127.0.0.1', port: config.port }],
    cf: false,
    log: new Log(LogLevel.WARN),
    name: 'waypost',
    modules: true,
    modulesRoot: dirname(bundle.script),
    scriptPath: bundle.script,
    compatibilityDate: bundle.compatibilityDate,
    compatibilityFlags: bundle.compatibilityFlags,
    bindings: config.variables,
    durableObjects: Object.fromEntries(
      bundle.durableObjects.map(({ name, class_name }) => [
        name,
        { className: class_name, useSQLite: true },
      ]),
    ),
    queueProducers: Object.fromEntries(
      (bundle.queues?.producers ?? []).map(({ binding, queue }) => [binding, queue]),
    ),
    queueConsumers: Object.fromEntries(
      (bundle.queues?.consumers ?? []).map((consumer) => [
        consumer.queue,
        {
          maxBatchSize: consumer.max_batch_size,
          maxBatchTimeout: consumer.max_batch_timeout,
          maxRetries: consumer.max_retries,
        },
      ]),
    ),
    ...(bundle.assets === undefined
      ? {}
      : {
          assets: {
            directory: bundle.assets,
            binding: 'ASSETS',
            routerConfig: { invoke_user_worker_ahead_of_assets: true, has_user_worker: true },
          },
        }),
    serviceBindings: {
      EGRESS: { network: { allow: ['public'] } },
      ...(privateEgress.length === 0
        ? {}
        : { EGRESS_PRIVATE: { network: { allow: privateEgress } } }),
    },
  });
  // The conversion drops the old `durableObjectsPersist` without a word: storage would be in memory only.
  return { ...options, resourcePersistencePath: join(config.dataDir, 'storage') };
}

/** Cloudflare's clock, played: every trigger of wrangler.toml fires once a minute, which is what all of them say. */
function cronOf(miniflare: Miniflare, crons: readonly string[]): () => Promise<void> {
  const unknown = crons.find((cron) => cron !== '* * * * *');
  if (unknown !== undefined)
    throw new Error(`the local ticker knows '* * * * *' only, not '${unknown}'`);
  return async () => {
    const worker = await miniflare.getWorker();
    await Promise.all(crons.map((cron) => worker.scheduled({ cron, scheduledTime: new Date() })));
  };
}
