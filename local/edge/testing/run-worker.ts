import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../workerd.ts';
import { readWranglerConfig } from '../wrangler-config.ts';

/** Runs one script as the deployment runs the Worker: `run-worker.ts <dataDir> <script> [<assets>]`. Ends with its parent. */
const [, , dataDir = '', script = '', assets] = process.argv;
const config = fileURLToPath(new URL('../../../wrangler.toml', import.meta.url));
const workerd = await startWorkerd({
  bundle: {
    script,
    compatibilityDate: '2026-10-01',
    compatibilityFlags: [],
    durableObjects: assets === undefined ? [{ name: 'COUNTER', class_name: 'Counter' }] : [],
    queues: (await readWranglerConfig(config)).queues,
    ...(assets === undefined ? {} : { assets }),
  },
  dataDir,
  port: 0,
  variables: {},
  privateEgress: [],
  logFile: join(dataDir, 'worker.log'),
});
process.on('disconnect', () => {
  workerd.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
process.send?.({ url: `http://127.0.0.1:${workerd.port}` });
