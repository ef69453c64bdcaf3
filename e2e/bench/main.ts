import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attack } from './attack.ts';
import { neighbours } from './neighbours.ts';
import { costReport } from './cost/report.ts';
import { deliveries } from './deliveries.ts';
import { overview } from './overview.ts';
import { peerBench } from './peer/bench.ts';
import { realtime } from './realtime.ts';
import { largeLog } from './rows/bench.ts';
import { smallMachine } from './small-machine.ts';
import { reportOf, type Row } from './report.ts';

/** `npm run bench -- NAME`; without a name it is `latest`. Its results are saved under that name. `cost` takes parts, `peer` a file, `rows` a number. */
const BENCHES: Readonly<
  Record<string, (tell: (text: string) => void, rest: string[]) => Promise<Row[]>>
> = {
  latest: overview,
  attack,
  neighbours,
  'small-machine': smallMachine,
  deliveries,
  realtime,
  rows: largeLog,
};

const [name = 'latest', ...rest] = process.argv.slice(2);
const results = fileURLToPath(new URL('results/', import.meta.url));
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.versions.node}`;
const tell = (text: string): void => console.log(text);

async function save(as: string, rows: Row[]): Promise<string> {
  const report = reportOf(rows, { at: new Date(), machine });
  await writeFile(join(results, `${as}.md`), report.markdown);
  if (rows.some(({ beside }) => beside !== undefined))
    await writeFile(join(results, `${as}.svg`), report.svg);
  await writeFile(join(results, `${as}.json`), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
  return report.markdown;
}

async function run(): Promise<string> {
  if (name === 'cost') return costReport(rest, { folder: results, machine, tell });
  if (name === 'peer') {
    const peer = await peerBench(rest[0] ?? 'e2e/bench/peer/stock-gateway.json', tell);
    return save(`peer-${peer.name}`, peer.rows);
  }
  const bench = BENCHES[name];
  if (bench !== undefined) return save(name, await bench(tell, rest));
  const names = [...Object.keys(BENCHES), 'cost', 'peer'].join(', ');
  console.error(`There is no bench '${name}'; there are ${names}.`);
  process.exit(2);
}

console.log(`\n${await run()}\nSaved to e2e/bench/results/.`);
process.disconnect?.();
