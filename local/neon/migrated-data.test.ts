import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { migrateDatabase } from '../../migrations/migrate.ts';
import { migrateTo } from './testing/migrated-to.ts';
import { startTestNeon, type TestNeon } from './testing/server.ts';

/* Databases as earlier versions left them (e2e/fixture/main.ts wrote them down), brought to the newest schema. */
const FIXTURES = path.join(import.meta.dirname, '../../migrations/fixtures');
const Row = z.record(z.string(), z.unknown());
const Line = z.object({ table: z.string(), row: Row });
type Line = z.infer<typeof Line>;

const fixtures = readdirSync(FIXTURES).map((file) => {
  const [head = '', ...lines] = readFileSync(path.join(FIXTURES, file), 'utf8').trim().split('\n');
  const { migration } = z.object({ migration: z.string() }).parse(JSON.parse(head));
  return { migration, lines: lines.map((line) => Line.parse(JSON.parse(line))) };
});

let server: TestNeon;
const clients: Client[] = [];
beforeAll(async () => {
  server = await startTestNeon();
});
afterAll(async () => {
  for (const client of clients) await client.end();
  await server.close();
});

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  clients.push(client);
  await client.connect();
  await client.query(`set timezone = 'UTC'`);
  return client;
}

const tablesIn = (lines: readonly Line[]): string[] => [
  ...new Set(lines.map(({ table }) => table)),
];

/** A database of that version with those rows, in the order in which they may refer to each other: none. */
async function restored({ migration, lines }: (typeof fixtures)[number]) {
  const url = await server.createDatabase();
  await migrateTo(url, (tag) => tag <= migration);
  const client = await connect(url);
  await client.query('set session_replication_role = replica');
  for (const table of tablesIn(lines))
    await client.query(
      `insert into "${table}" select * from jsonb_populate_recordset(null::"${table}", $1)`,
      [JSON.stringify(lines.filter((line) => line.table === table).map(({ row }) => row))],
    );
  await client.query('set session_replication_role = origin');
  return { url, client };
}

const rowsOf = async (client: Client, table: string) =>
  z
    .array(z.object({ row: Row }))
    .parse((await client.query(`select to_jsonb(t) as row from "${table}" t`)).rows)
    .map(({ row }) => row);

const sorted = (rows: readonly Record<string, unknown>[]) =>
  rows.map((row) => JSON.stringify(row)).toSorted();

/** Of each row only the columns that it had before. */
const asBefore = (rows: readonly Record<string, unknown>[], before: Record<string, unknown>) =>
  rows.map((row) => Object.fromEntries(Object.keys(before).map((name) => [name, row[name]])));

test.each(fixtures)('every row of $migration is there afterwards, as it was', async (fixture) => {
  const { url, client } = await restored(fixture);
  await migrateDatabase(url);
  await migrateDatabase(url);
  const tables = tablesIn(fixture.lines);
  expect(tables.length).toBeGreaterThan(25);
  for (const table of tables) {
    const before = fixture.lines.filter((line) => line.table === table).map(({ row }) => row);
    const now = asBefore(await rowsOf(client, table), before[0] ?? {});
    expect(sorted(now), table).toEqual(sorted(asBefore(before, before[0] ?? {})));
  }
  // It was loaded without looking at them: every rule that the newest schema has holds.
  const { rows } = await client.query(
    `select format('alter table %s drop constraint %I, add constraint %I %s', conrelid::regclass, conname, conname,
       pg_get_constraintdef(oid)) as again
     from pg_constraint where contype in ('c', 'f') and connamespace = 'public'::regnamespace`,
  );
  const rules = z.array(z.object({ again: z.string() })).parse(rows);
  expect(rules.length).toBeGreaterThan(25);
  for (const { again } of rules) await client.query(again);
});

test('from nothing, by two at once', async () => {
  const url = await server.createDatabase();
  await Promise.all([migrateDatabase(url), migrateDatabase(url)]);
  const client = await connect(url);
  const { rows } = await client.query(
    'select count(*)::int as count from drizzle.__drizzle_migrations',
  );
  const files = readdirSync(path.join(FIXTURES, '../sql')).filter((name) => name.endsWith('.sql'));
  expect(rows).toEqual([{ count: files.length }]);
});

const WRITE = `
  with session as (
    select id, workspace_id from sessions order by id limit 1
  ), workspace as (
    update workspaces set event_seq = event_seq + 1 from session where workspaces.id = session.workspace_id
    returning workspaces.id, event_seq
  ), message as (
    insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank)
    select $1::text, workspace_id, id, 'inbound', '15550106001@c.us', 'text', '{"text":"under load"}'::jsonb,
      'delivered', 4 from session
  )
  insert into events (workspace_id, seq, id, type, data, occurred_at)
  select id, event_seq, $2::text, 'message.received', '{}'::jsonb, now() from workspace`;

test('while messages come in: no write fails, and none is lost', async () => {
  const [oldest] = fixtures.toSorted((a, b) => (a.migration < b.migration ? -1 : 1));
  if (oldest === undefined) throw new Error('no fixture');
  const { url, client } = await restored(oldest);
  let done = false;
  const write = async (writer: number): Promise<string[]> => {
    const connection = await connect(url);
    const written: string[] = [];
    // A few more after it: the schema has changed under a connection that knew the one before.
    for (let after = 0; after < 5; after += done ? 1 : 0) {
      const id = `msg_${writer}_${written.length}`;
      await connection.query({ name: 'write', text: WRITE, values: [id, `evt_${id}`] });
      written.push(id);
    }
    return written;
  };
  const writers = [1, 2, 3].map(write);
  // Somebody reads for longer than a migration waits for a table.
  const reader = await connect(url);
  await reader.query('begin');
  await reader.query('select count(*) from messages');
  const released = new Promise((resolve) => setTimeout(resolve, 2_500)).then(() =>
    reader.query('commit'),
  );
  await migrateDatabase(url);
  done = true;
  await released;
  const written = (await Promise.all(writers)).flat();
  const kept = await client.query(`select id from messages where id = any($1)`, [written]);
  expect(kept.rowCount).toBe(written.length);
});
