import { z } from 'zod';
import type { Deployment } from './deployment.ts';
import { settingsOf } from './settings.ts';

/** Asks the deployment's own database, through the door that the edge uses. */
export async function queryDatabase<Row extends z.ZodType>(
  deployment: Deployment,
  row: Row,
  query: string,
  params: unknown[] = [],
): Promise<z.output<Row>[]> {
  const { ports, secrets } = await settingsOf(deployment.directory);
  const response = await fetch(`http://127.0.0.1:${ports.neon}/sql`, {
    method: 'POST',
    headers: {
      'neon-connection-string': `postgresql://postgres:${secrets.databasePassword}@127.0.0.1/waypost`,
    },
    body: JSON.stringify({ query, params }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the database answered ${response.status}: ${text}`);
  return z.object({ rows: z.array(row) }).parse(JSON.parse(text)).rows;
}
