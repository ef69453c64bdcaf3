import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attack } from './attack.ts';
import { neighbours } from './neighbours.ts';
import { costReport } from './cost/report.ts';
import { overview } from './overview.ts';
import { smallMachine } from './small-machine.ts';
import { reportOf, type Row } from './report.ts';

/** `npm run bench -- NAME`; without a name it is `latest`. Its results are saved under that name. `cost` has parts. */
const BENCHES: Readonly<Record<string, (tell: (text: string) => void) => Promise<Row[]>>> = {
  latest: overview,
  attack,
  neighbours,
  'small-machine': smallMachine,
};

const [name = 'latest', ...parts] = process.argv.slice(2);
const results = fileURLToPath(new URL('results/', import.meta.url));
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.versions.node}`;
const tell = (text: string): void => console.log(text);

async function run(bench: (typeof BENCHES)[string]): Promise<string> {
  const rows = await bench(tell);
  const report = reportOf(rows, { at: new Date(), machine });
  await writeFile(join(results, `${name}.md`), report.markdown);
  await writeFile(join(results, `${name}.svg`), report.svg);
  await writeFile(join(results, `${name}.json`), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
  return report.markdown;
}

const bench = BENCHES[name];
if (bench === undefined && name !== 'cost') {
  const names = [...Object.keys(BENCHES), 'cost'].join(', ');
  console.error(`There is no bench '${name}'; there are ${names}.`);
  process.exit(2);
}
const markdown =
  bench === undefined
    ? await costReport(parts, { folder: results, machine, tell })
    : await run(bench);
console.log(`\n${markdown}\nSaved to e2e/bench/results/.`);
process.disconnect?.();
