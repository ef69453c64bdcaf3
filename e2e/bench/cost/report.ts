import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chart, drawLines } from '../line-chart.ts';
import { minuteOf, type Row, tableOf } from '../report.ts';
import { clientsPart } from './clients.ts';
import { countsPart } from './counts.ts';
import { cpuPart } from './cpu.ts';
import { memoryPart } from './memory.ts';
import { startsPart } from './starts.ts';

export type Part = { rows: Row[]; chart?: Chart };
type Saved = Part & { at: string; commit: string; machine: string };

/** Each stands alone, so that one can be measured again. */
const PARTS: Readonly<
  Record<string, { title: string; measure: (tell: (text: string) => void) => Promise<Part> }>
> = {
  cpu: { title: 'CPU and latency', measure: cpuPart },
  counts: { title: 'Counts of a message', measure: countsPart },
  starts: { title: 'Start-up', measure: startsPart },
  clients: { title: 'Many clients', measure: clientsPart },
  memory: { title: 'Memory', measure: memoryPart },
};

/**
 * `npm run bench -- cost [PART …]`: measures the named parts, or all, and saves each as soon as it is done; the other parts keep
 * what an earlier run found. @param folder where `cost.json`, `cost.md` and the chart go
 * @returns the report as Markdown
 */
export async function costReport(
  names: readonly string[],
  run: { folder: string; machine: string; tell: (text: string) => void },
): Promise<string> {
  const unknown = names.filter((name) => !(name in PARTS));
  if (unknown.length > 0)
    throw new Error(`cost has no part '${unknown.join()}'; it has ${Object.keys(PARTS).join()}`);
  let markdown = '';
  for (const [name, { measure }] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    run.tell(`${name} …`);
    const part = await measure(run.tell);
    markdown = await save(run.folder, name, {
      at: minuteOf(new Date()),
      commit: commit(),
      machine: run.machine,
      ...part,
    });
  }
  return markdown;
}

async function save(folder: string, name: string, part: Saved): Promise<string> {
  const file = join(folder, 'cost.json');
  // Written by this function: its shape is known.
  const earlier = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Partial<
    Record<string, Saved>
  >;
  const all = { ...earlier, [name]: part };
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
  const sections = Object.entries(PARTS).flatMap(([each, { title }]) => {
    const saved = all[each];
    if (saved === undefined) return [];
    const chart = saved.chart === undefined ? '' : `\n![${title}](cost-${each}.svg)\n`;
    return `## ${title}

${saved.at}, commit \`${saved.commit}\`, ${saved.machine}; \`npm run bench -- cost ${each}\`.
${chart}
${tableOf(saved.rows)}
`;
  });
  if (part.chart !== undefined)
    await writeFile(join(folder, `cost-${name}.svg`), drawLines(part.chart));
  const markdown = `# What a message costs

Absolute figures belong to the machine; compare ratios. One sandbox session without pacing, one webhook endpoint: a message out makes
three webhooks, a message in one.

${sections.join('\n')}`;
  await writeFile(join(folder, 'cost.md'), markdown);
  return markdown;
}

const commit = (): string =>
  execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
