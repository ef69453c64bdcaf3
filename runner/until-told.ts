import type { Log } from './log.ts';
import type { Runner } from './start.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Says `ready` to the parent process, if there is one, and drains on SIGTERM, SIGINT or when the parent is gone; a second
 * signal makes it quick. Ends the process, with code 1 when nothing fenced the runner any more.
 */
export async function runUntilTold(log: Log, runner: Runner): Promise<void> {
  const told = Promise.withResolvers<string>();
  const toldTwice = Promise.withResolvers<void>();
  let signals = 0;
  for (const signal of SIGNALS)
    process.on(signal, () => {
      signals += 1;
      told.resolve(signal);
      if (signals > 1) toldTwice.resolve();
    });
  process.on('disconnect', () => told.resolve('disconnect'));
  // A parent that died took the other end of the log with it; draining goes on without.
  process.stderr.on('error', () => undefined);
  const { url, runnerId, bootId } = runner;
  process.send?.({ ready: true, url, runnerId, bootId });

  const by = await Promise.race([told.promise, runner.unfenced.then(() => 'unfenced' as const)]);
  log.info('runner.told_to_stop', { by });
  if (by === 'unfenced') {
    await runner.hurry();
    process.exit(1);
  }
  const hurried = toldTwice.promise.then(() => runner.hurry());
  await Promise.race([runner.stop(), hurried]);
  process.exit(0);
}
