import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';
import { endLeftoverWorkerd, rememberWorkerd } from '../leftover.ts';
import { workerOptions } from '../server.ts';
import { readWranglerConfig } from '../wrangler-config.ts';

/** Runs one script as the deployment runs the Worker: `run-worker.ts <dataDir> <script> [<assets>]`. Ends with its parent. */
const [, , dataDir = '', script = '', assets] = process.argv;
const config = fileURLToPath(new URL('../../../wrangler.toml', import.meta.url));
await endLeftoverWorkerd(dataDir);
const miniflare = new Miniflare(
  workerOptions(
    { port: 0, dataDir, variables: {}, privateEgress: [] },
    {
      script,
      compatibilityDate: '2026-10-01',
      compatibilityFlags: ['nodejs_compat'],
      durableObjects: assets === undefined ? [{ name: 'COUNTER', class_name: 'Counter' }] : [],
      queues: (await readWranglerConfig(config)).queues,
      ...(assets === undefined ? {} : { assets }),
    },
  ),
);
const url = await miniflare.unsafeGetDirectURL();
rememberWorkerd(dataDir);
process.on('disconnect', () => {
  miniflare.dispose().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
process.send?.({ url: url.origin });
