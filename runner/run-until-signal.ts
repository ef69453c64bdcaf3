import type { Log } from './log.ts';
import type { Runner } from './start.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Reports `ready` to the parent process, if there is one, and drains on SIGTERM, SIGINT or when the parent is gone. A second
 * signal cuts the drain short. Ends the process, with code 1 when the runner has lost its supervisor.
 */
export async function runUntilSignal(log: Log, runner: Runner): Promise<void> {
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<void>();
  let signals = 0;
  for (const signal of SIGNALS)
    process.on(signal, () => {
      signals += 1;
      first.resolve(signal);
      if (signals > 1) second.resolve();
    });
  process.on('disconnect', () => first.resolve('disconnect'));
  // A parent that died took the other end of the log with it; draining goes on without.
  process.stderr.on('error', () => undefined);
  const { url, runnerId, bootId } = runner;
  process.send?.({ ready: true, url, runnerId, bootId });

  const by = await Promise.race([first.promise, runner.unfenced.then(() => 'unfenced' as const)]);
  log.info('runner.stop_requested', { by });
  if (by === 'unfenced') {
    await runner.hurry();
    process.exit(1);
  }
  const hurried = second.promise.then(() => runner.hurry());
  await Promise.race([runner.stop(), hurried]);
  process.exit(0);
}
