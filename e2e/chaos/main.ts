import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDeployment } from '../testing/deployment.ts';
import { reportOf } from './report.ts';
import { restartRunners } from './restarts.ts';
import { type ChaosReport, runChaos, runUnder, SOON_COPIED } from './run.ts';

const results = fileURLToPath(new URL('results/', import.meta.url));

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    first: { type: 'string', default: '1' },
    sessions: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '45' },
    /** Instead of faults at random: so many graceful restarts of runners, one after the other. */
    restarts: { type: 'string', default: '0' },
  },
});
const count = Number(values.seeds);
const first = Number(values.first);
const tell = (text: string): void => console.log(text);

tell('Starting a deployment in a temporary folder …');
const deployment = await startDeployment({
  environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '2', WAYPOST_SERVICES: 'separate' },
});
const reports: ChaosReport[] = [];
try {
  for (let seed = first; seed < first + count; seed += 1) {
    const options = { seed, sessions: Number(values.sessions), seconds: Number(values.seconds) };
    const restarts = Number(values.restarts);
    const report =
      restarts === 0
        ? await runChaos(deployment, options)
        : await runUnder(deployment, options, (site) => restartRunners(site, restarts));
    reports.push(report);
    tell(
      `seed ${seed}: ${report.faults.length} faults, ${report.sent} sent, ${report.unknown} unknown, ${report.rolledBack} times keys that went back, ${report.resumed} times a reader of the events that was cut off and went on, ${report.findings.length} findings`,
    );
    for (const { rule, what } of report.findings) tell(`  ${rule}: ${what}`);
    if (report.findings.length > 0)
      for (const { at, what } of report.faults) tell(`  ${new Date(at).toISOString()} ${what}`);
  }
  await mkdir(results, { recursive: true });
  const { markdown, svg } = reportOf(reports);
  await writeFile(join(results, 'latest.md'), markdown);
  await writeFile(join(results, 'latest.svg'), svg);
  tell(`\n${markdown}\nSaved to e2e/chaos/results/.`);
} finally {
  await deployment.dispose();
}
process.exitCode = reports.some(({ findings }) => findings.length > 0) ? 1 : 0;
process.disconnect?.();
