// `npm run simulate:fleet [-- --sessions 10000 --machines 1000 --capacity 12 --hours 6 --seed 1]`: the real placement and
// planning over a simulated fleet. Prints what came of it, and saves a picture and the figures beside the bench's.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeRun, drawRun } from '../e2e/simulate/report.ts';
import { simulateFleet } from '../e2e/simulate/simulate.ts';
import { root } from './bootstrap.mjs';

const DEFAULTS = { sessions: 10_000, machines: 1_000, capacity: 12, hours: 6, seed: 1 };
const { values } = parseArgs({
  options: Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, { type: 'string' }])),
});
const options = Object.fromEntries(
  Object.entries(DEFAULTS).map(([name, usual]) => [name, Number(values[name] ?? usual)]),
);
const wrong = Object.entries(options).find(([, value]) => !(Number.isFinite(value) && value > 0));
if (wrong !== undefined) {
  process.stderr.write(`--${wrong[0]} must be a number above 0\n`);
  process.exit(2);
}

const startedAt = Date.now();
const result = simulateFleet(options);
const results = join(root, 'e2e', 'bench', 'results');
await writeFile(join(results, 'fleet.svg'), drawRun(result));
const kept = { ...result, samples: result.samples.filter(({ minute }) => minute % 10 === 0) };
const rounded = (_name, value) => (typeof value === 'number' ? Number(value.toFixed(4)) : value);
await writeFile(join(results, 'fleet.json'), `${JSON.stringify(kept, rounded, 2)}\n`);
process.stdout.write(
  `${describeRun(result)}\n${((Date.now() - startedAt) / 1_000).toFixed(1)} s. Saved to e2e/bench/results/fleet.svg and fleet.json.\n`,
);
process.disconnect?.();
