import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { migrateDatabase } from '../../migrations/migrate.ts';
import { migrateTo } from './testing/migrated-to.ts';
import { startTestNeon, type TestNeon } from './testing/server.ts';

/* Rows as they were before names were compared without case and blanks, brought to the newest schema. */
const BEFORE = '0017_names';

let server: TestNeon;
let client: Client;
let url: string;

beforeAll(async () => {
  server = await startTestNeon({
    prepare: (connectionString) => migrateTo(connectionString, (tag) => tag < BEFORE),
  });
  url = await server.createDatabase();
  client = new Client({ connectionString: url });
  await client.connect();
}, 120_000);

afterAll(async () => {
  await client.end();
  await server.close();
});

const SESSIONS = [
  ['wks_1', 'support', 'support'],
  ['wks_1', 'support ', 'support-2'],
  ['wks_1', 'Support', 'Support-3'],
  ['wks_1', 'sales', 'sales'],
  ['wks_2', 'Support', 'Support'],
  ['wks_2', 'a  b', 'a b'],
  ['wks_2', 'A b', 'A b-3'],
  ['wks_2', 'a b-2', 'a b-2'],
  ['wks_2', 'Old desk', 'Old desk-2', 'archived'],
  ['wks_2', 'old  desk', 'old desk'],
  ['wks_2', 'x'.repeat(64), 'x'.repeat(64)],
  ['wks_2', 'X'.repeat(64), `${'X'.repeat(60)}-2`],
];

const KEYS = [
  ['Order\u200b desk\n', 'Order desk'],
  ['a  \t b', 'a b'],
  ['a\u2028b\u2029', 'a b'],
  ['Lager\u00adhaus', 'Lagerhaus'],
  ['\u200b', 'key'],
  ['فروشگاه\u200cها', 'فروشگاه\u200cها'],
  ['Café', 'Café'],
];

test('names are made what they are held to now; of two that mean the same, the later gets a number', async () => {
  await client.query(`insert into workspaces (id, name) values ('wks_1', 'One'), ('wks_2', 'Two')`);
  for (const [n, [workspace, name, , state]] of SESSIONS.entries())
    await client.query(
      `insert into sessions (id, workspace_id, name, mode, wire_key, created_at, archived_at)
       values ($1, $2, $3, 'live', '00', timestamptz '2026-01-01 00:00Z' + make_interval(hours => $4),
         case when $5 then timestamptz '2026-02-01 00:00Z' end)`,
      [`ses_${n}`, workspace, name, n, state === 'archived'],
    );
  for (const [n, [name]] of KEYS.entries())
    await client.query(
      `insert into api_keys (id, workspace_id, name, mode, sha256) values ($1, 'wks_1', $2, 'live', $1)`,
      [`key_${n}`, name],
    );
  await migrateDatabase(url);
  const names = async (table: string) =>
    z
      .array(z.object({ name: z.string() }))
      .parse((await client.query(`select name from ${table} order by length(id), id`)).rows)
      .map(({ name }) => name);
  expect(await names('sessions')).toEqual(SESSIONS.map(([, , after]) => after));
  expect(await names('api_keys')).toEqual(KEYS.map(([, after]) => after));
  const twin = client.query(
    `insert into sessions (id, workspace_id, name, mode, wire_key) values ('ses_t', 'wks_1', 'SALES', 'live', '00')`,
  );
  await expect(twin).rejects.toThrow('sessions_workspace_name');
});
