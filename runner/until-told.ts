import type { Log } from './log.ts';
import type { Runner } from './start.ts';

/** Says `ready` to the parent process, if there is one, and drains on SIGTERM, SIGINT or when the parent is gone. */
export async function runUntilTold(log: Log, runner: Runner): Promise<void> {
  const told = Promise.withResolvers<string>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => told.resolve(signal));
  process.on('disconnect', () => told.resolve('disconnect'));
  // A parent that died took the other end of the log with it; draining goes on without.
  process.stderr.on('error', () => undefined);
  const { url, runnerId, bootId } = runner;
  process.send?.({ ready: true, url, runnerId, bootId });
  log.info('runner.told_to_stop', { by: await told.promise });
  await runner.stop();
  process.exit(0);
}
