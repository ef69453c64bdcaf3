import { startDeployment } from '../../testing/deployment.ts';
import type { Row } from '../report.ts';
import { exportRows } from './export.ts';
import { fillMessages } from './fill.ts';
import { routeRows, routesOf } from './routes.ts';

const MESSAGES = 1_000_000;

/**
 * What a large log costs: the routes over it right after a start and later, and its export.
 * @param given how many messages; a million when it is left out
 */
export async function largeLog(tell: (text: string) => void, [given]: string[]): Promise<Row[]> {
  const count = given === undefined ? MESSAGES : Number(given);
  tell('Starting a deployment in a temporary folder …');
  const first = await startDeployment({ environment: { WAYPOST_RUNNERS: '1' } });
  tell(`Writing ${count} messages …`);
  const sessionId = await fillMessages(first, count, tell);
  await first.stop();
  const deployment = await startDeployment({ directory: first.directory });
  try {
    const rows = await routeRows(deployment, routesOf(sessionId));
    for (const format of ['csv', 'jsonl'] as const)
      rows.push(...(await exportRows(deployment, format)));
    for (const { what, actual, unit } of rows) tell(`  ${what}: ${actual.toFixed(1)} ${unit}`);
    return rows;
  } finally {
    await deployment.dispose();
  }
}
