import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unstable_readConfig } from 'wrangler';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { z } from 'zod';
import type { RunningService } from '../service-process.ts';
import { buildWorker } from './build.ts';
import { endLeftoverWorkerd, rememberWorkerd } from './leftover.ts';

export const EdgeConfig = z.object({
  port: z.number().int(),
  dataDir: z.string(),
  /** The Worker's variables and secrets, as `wrangler secret` would hold them. */
  variables: z.record(z.string(), z.string()),
  /** CIDR ranges that the EGRESS_PRIVATE binding reaches; none = no such binding. */
  privateEgress: z.array(z.string()),
});
export type EdgeConfig = z.infer<typeof EdgeConfig>;

const root = fileURLToPath(new URL('../..', import.meta.url));
const CRON_INTERVAL_MS = 60_000;

/**
 * Runs the Worker in workerd, through Miniflare's API: the bundle that a deploy would upload, Durable Object storage on disk,
 * egress to public addresses only, and a ticker in place of Cloudflare's cron.
 */
export async function startEdge(config: EdgeConfig): Promise<RunningService> {
  const wrangler = unstable_readConfig({ config: join(root, 'wrangler.toml') });
  await mkdir(config.dataDir, { recursive: true });
  await endLeftoverWorkerd(config.dataDir);
  const script = await buildWorker(join(config.dataDir, 'bundle'));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: config.port,
      cf: false,
      log: new Log(LogLevel.WARN),
      durableObjectsPersist: join(config.dataDir, 'durable-objects'),
      name: wrangler.name ?? 'waypost',
      modules: true,
      modulesRoot: dirname(script),
      scriptPath: script,
      compatibilityDate: wrangler.compatibility_date ?? '',
      compatibilityFlags: wrangler.compatibility_flags,
      bindings: config.variables,
      assets: {
        directory: join(root, wrangler.assets?.directory ?? ''),
        binding: 'ASSETS',
        routerConfig: { invoke_user_worker_ahead_of_assets: true, has_user_worker: true },
      },
      serviceBindings: {
        EGRESS: { network: { allow: ['public'] } },
        ...(config.privateEgress.length === 0
          ? {}
          : { EGRESS_PRIVATE: { network: { allow: config.privateEgress } } }),
      },
    }),
  );
  const url = await miniflare.ready;
  rememberWorkerd(config.dataDir);
  const stopCron = startCron(miniflare, wrangler.triggers?.crons ?? []);
  return {
    url: url.origin,
    close: async () => {
      stopCron();
      await miniflare.dispose();
    },
  };
}

/** Cloudflare's clock, played: every trigger of wrangler.toml fires once a minute, which is what all of them say. */
function startCron(miniflare: Miniflare, crons: readonly string[]): () => void {
  const unknown = crons.find((cron) => cron !== '* * * * *');
  if (unknown !== undefined)
    throw new Error(`the local ticker knows '* * * * *' only, not '${unknown}'`);
  const tick = async (): Promise<void> => {
    const worker = await miniflare.getWorker();
    await Promise.all(crons.map((cron) => worker.scheduled({ cron, scheduledTime: new Date() })));
  };
  const timer = setInterval(() => {
    tick().catch((error: unknown) => process.stderr.write(`cron: ${String(error)}\n`));
  }, CRON_INTERVAL_MS);
  return () => clearInterval(timer);
}
