import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attack } from './attack.ts';
import { neighbours } from './neighbours.ts';
import { cost } from './cost.ts';
import { overview } from './overview.ts';
import { smallMachine } from './small-machine.ts';
import { reportOf, type Row } from './report.ts';

/** `npm run bench -- NAME`; without a name it is `latest`. Its results are saved under that name. */
const BENCHES: Readonly<Record<string, (tell: (text: string) => void) => Promise<Row[]>>> = {
  latest: overview,
  attack,
  neighbours,
  cost,
  'small-machine': smallMachine,
};

const name = process.argv[2] ?? 'latest';
const bench = BENCHES[name];
if (bench === undefined) {
  console.error(`There is no bench '${name}'; there are ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
const results = fileURLToPath(new URL('results/', import.meta.url));
const rows = await bench((text) => console.log(text));
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.versions.node}`;
const report = reportOf(rows, { at: new Date(), machine });
await writeFile(join(results, `${name}.md`), report.markdown);
await writeFile(join(results, `${name}.svg`), report.svg);
await writeFile(join(results, `${name}.json`), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
console.log(`\n${report.markdown}\nSaved to e2e/bench/results/.`);
process.disconnect?.();
