import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ingestReports } from '../services/reports/ingest-reports.ts';
import { newOwnedSession, received } from '../services/reports/testing/report-fixtures.ts';
import { createHarness } from '../testing/harness.ts';

/*
 * A deployment migrates first and then replaces the Worker: until then this one works on the schema of the next release, and
 * it is in use while that is made. Migrations only add (local/neon/migrations-expand.test.ts), so the next one adds to every table.
 */
const harness = await createHarness();

const READS = ['messages', 'sessions', 'events', 'webhooks', 'keys', 'audit', 'media', 'usage'];

type Round = (n: number) => Promise<void>;

/** What a workspace does all day, and what was refused of it. */
async function newTraffic(): Promise<{ round: Round; failures: object[] }> {
  const session = await newOwnedSession(harness);
  const { workspaceId, sessionId, runnerId, spool } = session;
  // How many rounds there are depends on how busy the machine is.
  const { apiKey: key } = await harness.newKey(workspaceId, { perMinute: 10_000 });
  const webhook = { url: 'https://example.com/hook', eventTypes: ['message.*'] };
  const failures: object[] = [];
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await harness.call(method, `/v1/${path}`, { key, ...(body && { body }) });
    if (answer.status >= 300)
      failures.push({ method, path, status: answer.status, error: answer.error });
    return answer.data;
  };
  const round = async (n: number): Promise<void> => {
    const reports = [spool(received(`A${n}`))];
    await ingestReports({ services: harness.services(), runnerId, reports });
    await call('POST', 'messages/text', { sessionId, to: '+15550100001', text: `${n}` });
    const { id } = Object(await call('POST', 'webhooks', webhook));
    await call('PATCH', `webhooks/${id}`, { description: `${n}` });
    await call('DELETE', `webhooks/${id}`);
    for (const path of READS) await call('GET', path);
  };
  return { round, failures };
}

async function migrateToNextRelease(): Promise<number> {
  const { rows } = await harness.db.execute(
    sql`select tablename as name from pg_tables where schemaname = 'public' order by tablename`,
  );
  const tables = z.array(z.object({ name: z.string() })).parse(rows);
  for (const { name } of tables)
    await harness.db.execute(
      sql`alter table ${sql.identifier(name)} add column next_note text, add column next_rank integer default 0 not null`,
    );
  return tables.length;
}

test('the Worker serves on while the next release adds to every table', async () => {
  const { round, failures } = await newTraffic();
  // Each statement has its plan before, and again after, when the schema has changed under its connection.
  await round(0);
  let isOver = false;
  const migrated = migrateToNextRelease().finally(() => (isOver = true));
  let n = 1;
  for (; !isOver; n += 1) await round(n);
  expect(await migrated).toBeGreaterThan(25);
  await round(n);
  expect(failures).toEqual([]);
});
