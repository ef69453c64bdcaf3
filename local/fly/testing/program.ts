import { appendFileSync, writeFileSync } from 'node:fs';
import { readMachineEnv } from './env.ts';

/**
 * Stands for a runner in tests of the Machines API: notes each boot on its disk, ends on SIGTERM and when its service is
 * gone. TEST_STUBBORN=1 minds no signal; TEST_EXIT=<code> ends at once.
 */
const env = readMachineEnv();
const told = (how: string) => (): void => {
  process.stdout.write(`told ${how}\n`);
  if (env['TEST_STUBBORN'] !== '1') process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR1'] as const) process.on(signal, told(signal));
process.on('disconnect', () => process.exit(0));
appendFileSync('boots', `${process.pid}\n`);
writeFileSync('env.json', JSON.stringify(env));
process.stdout.write(`up ${'x'.repeat(5_000)}\n`);
if (env['TEST_EXIT'] === undefined) setInterval(() => undefined, 60_000);
else process.exit(Number(env['TEST_EXIT']));
