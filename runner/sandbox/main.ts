import { stop as stopBundler } from 'esbuild';
import { readSandboxConfig } from './env.ts';
import { startSandbox } from './server.ts';

const sandbox = await startSandbox(readSandboxConfig(), {
  onIdle: () => process.send?.({ idle: true }),
});
// Its service would stay beside this process.
await stopBundler();

let stopping = false;
const stop = (): void => {
  if (stopping) return;
  stopping = true;
  sandbox.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(
        `${JSON.stringify({ event: 'sandbox.stop_failed', error: String(error) })}\n`,
      );
      process.exit(1);
    },
  );
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('disconnect', stop);
process.send?.({ ready: true, url: sandbox.controlUrl });
