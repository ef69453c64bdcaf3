import { neon, neonConfig, NeonDbError } from '@neondatabase/serverless';
import { DrizzleQueryError, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/neon-http';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestNeon, type TestNeon } from './testing/server.ts';

const START_TIMEOUT = 120_000;

const people = pgTable('people', { id: integer().primaryKey(), name: text().notNull() });

/** What the edge relies on, through the clients it uses. */
describe('neon', () => {
  let server: TestNeon;
  let url: string;

  beforeAll(async () => {
    server = await startTestNeon({
      prepare: async (template, { sqlUrl }) => {
        neonConfig.fetchEndpoint = sqlUrl;
        await neon(template)`CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL)`;
      },
    });
    url = await server.createDatabase();
  }, START_TIMEOUT);

  afterAll(() => server.close());

  test('carries every type there and back', async () => {
    const sql = neon(url);
    const [row] = await sql`SELECT
      ${7}::int AS small, ${'9007199254740993'}::bigint AS large, ${'1.10'}::numeric AS exact,
      ${1.5}::float8 AS real, ${true}::bool AS yes, ${null}::text AS nothing, ${'zażółć 🦊'} AS text,
      ${{ a: [1, 'x'] }}::jsonb AS doc, ${['a', 'b,"c"', null]}::text[] AS list,
      ${[1, 2]}::int[] AS ints, ${Buffer.from([0, 255, 92])}::bytea AS bytes,
      ${new Date('2026-01-02T03:04:05.678Z')}::timestamptz AS at,
      ${'0192f7c4-0000-7000-8000-000000000000'}::uuid AS id`;
    // Drizzle turns the client's date parsing off for the whole process, so here it may be text already.
    expect({ ...row, at: new Date(String(row?.at)).toISOString().slice(0, 19) }).toEqual({
      small: 7,
      large: '9007199254740993',
      exact: '1.10',
      real: 1.5,
      yes: true,
      nothing: null,
      text: 'zażółć 🦊',
      doc: { a: [1, 'x'] },
      list: ['a', 'b,"c"', null],
      ints: [1, 2],
      bytes: Buffer.from([0, 255, 92]),
      at: '2026-01-02T03:04:05',
      id: '0192f7c4-0000-7000-8000-000000000000',
    });
  });

  test('gives rows as arrays and full results', async () => {
    const sql = neon(url, { arrayMode: true, fullResults: true });
    const result = await sql`SELECT 1 AS a, 'b' AS a UNION ALL SELECT 2, 'c'`;
    expect(result.rows).toEqual([
      [1, 'b'],
      [2, 'c'],
    ]);
    expect(result).toMatchObject({ command: 'SELECT', rowCount: 2, rowAsArray: true });
    expect(result.fields).toMatchObject([
      { name: 'a', dataTypeID: 23, format: 'text' },
      { name: 'a', dataTypeID: 25, format: 'text' },
    ]);
  });

  test('plans a statement once for a connection, and anew when an ALTER has changed its columns', async () => {
    const sql = neon(await server.createDatabase());
    const bo = () => sql`SELECT * FROM people WHERE id = ${1}`;
    await sql`INSERT INTO people VALUES (1, 'Bo')`;
    await bo();
    await bo();
    const plans = await sql`SELECT generic_plans + custom_plans AS runs FROM pg_prepared_statements
      WHERE statement = 'SELECT * FROM people WHERE id = $1'`;
    expect(plans).toEqual([{ runs: '2' }]);
    await sql`ALTER TABLE people ADD COLUMN age int DEFAULT 7`;
    expect(await bo()).toEqual([{ id: 1, name: 'Bo', age: 7 }]);
    expect((await sql.transaction([bo(), bo()])).at(1)).toEqual([{ id: 1, name: 'Bo', age: 7 }]);
  });

  test('runs a batch that asks the same before and after an ALTER', async () => {
    const sql = neon(await server.createDatabase());
    const all = () => sql`SELECT * FROM people`;
    const [, before, , after] = await sql.transaction([
      sql`INSERT INTO people VALUES (1, 'Bo')`,
      all(),
      sql`ALTER TABLE people ADD COLUMN age int DEFAULT 7`,
      all(),
    ]);
    expect([before, after]).toEqual([[{ id: 1, name: 'Bo' }], [{ id: 1, name: 'Bo', age: 7 }]]);
  });

  test('commits a batch as one transaction', async () => {
    const sql = neon(await server.createDatabase());
    const [inserted, seen] = await sql.transaction([
      sql`INSERT INTO people VALUES (1, 'Ada'), (2, 'Bo') RETURNING id`,
      sql`SELECT count(*)::int AS n, min(xmin::text) = max(xmin::text) AS together FROM people`,
    ]);
    expect(inserted).toEqual([{ id: 1 }, { id: 2 }]);
    expect(seen).toEqual([{ n: 2, together: true }]);
    expect(await sql`SELECT name FROM people ORDER BY id`).toEqual([
      { name: 'Ada' },
      { name: 'Bo' },
    ]);
  });

  test('rolls a batch back when one statement fails', async () => {
    const sql = neon(await server.createDatabase());
    const batch = sql.transaction([
      sql`INSERT INTO people VALUES (1, 'Ada')`,
      sql`INSERT INTO people VALUES (1, 'Bo')`,
    ]);
    await expect(batch).rejects.toMatchObject({ code: '23505', constraint: 'people_pkey' });
    expect(await sql`SELECT * FROM people`).toEqual([]);
  });

  test.each([
    [{ isolationLevel: 'ReadUncommitted' }, 'read uncommitted', 'off', 'off'],
    [{ isolationLevel: 'ReadCommitted' }, 'read committed', 'off', 'off'],
    [{ isolationLevel: 'RepeatableRead', readOnly: true }, 'repeatable read', 'on', 'off'],
    [
      { isolationLevel: 'Serializable', readOnly: true, deferrable: true },
      'serializable',
      'on',
      'on',
    ],
    [{ readOnly: false, deferrable: false }, 'read committed', 'off', 'off'],
  ] as const)('begins a batch with %j', async (options, isolation, readOnly, deferrable) => {
    const sql = neon(url);
    const [[row] = []] = await sql.transaction(
      [
        sql`SELECT current_setting('transaction_isolation') AS isolation,
          current_setting('transaction_read_only') AS readonly,
          current_setting('transaction_deferrable') AS deferrable`,
      ],
      options,
    );
    expect(row).toEqual({ isolation, readonly: readOnly, deferrable });
  });

  test('refuses to write in a read-only batch', async () => {
    const sql = neon(url);
    const write = sql.transaction([sql`INSERT INTO people VALUES (9, 'No')`], { readOnly: true });
    await expect(write).rejects.toMatchObject({ code: '25006' });
  });

  test('reports an error with the fields PostgreSQL gives', async () => {
    const sql = neon(await server.createDatabase());
    await sql`INSERT INTO people VALUES (1, 'Ada')`;
    const error: unknown = await sql`INSERT INTO people VALUES (1, 'Ada')`.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NeonDbError);
    expect(error).toMatchObject({
      message: 'duplicate key value violates unique constraint "people_pkey"',
      severity: 'ERROR',
      code: '23505',
      detail: 'Key (id)=(1) already exists.',
      schema: 'public',
      table: 'people',
      constraint: 'people_pkey',
      routine: '_bt_check_unique',
    });
    await expect(sql`SELECT nonsense`).rejects.toMatchObject({ code: '42703', position: '8' });
    await expect(sql.query('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: '42601' });
  });

  test('refuses a wrong password and an unknown database', async () => {
    const wrongPassword = new URL(url);
    wrongPassword.password = 'not-the-password';
    await expect(neon(wrongPassword.href)`SELECT 1`).rejects.toMatchObject({ code: '28P01' });
    const wrongDatabase = new URL(url);
    wrongDatabase.pathname = '/nowhere';
    await expect(neon(wrongDatabase.href)`SELECT 1`).rejects.toMatchObject({ code: '3D000' });
  });

  test('answers 400 to a request that is none of Neon’s', async () => {
    const post = (headers: Record<string, string>, body: string): Promise<Response> =>
      fetch(server.sqlUrl, { method: 'POST', headers, body });
    expect((await post({}, '{"query":"SELECT 1"}')).status).toBe(400);
    expect((await post({ 'neon-connection-string': url }, 'no json')).status).toBe(400);
    expect((await post({ 'neon-connection-string': url }, '{"sql":1}')).status).toBe(400);
    expect((await fetch(`${server.url}/elsewhere`)).status).toBe(404);
  });

  test('lets no open transaction leak into the next query', async () => {
    const sql = neon(await server.createDatabase());
    await sql`BEGIN`.catch(() => undefined);
    await sql`INSERT INTO people VALUES (1, 'Ada')`;
    await sql`ROLLBACK`.catch(() => undefined);
    expect(await sql`SELECT id FROM people`).toEqual([{ id: 1 }]);
  });

  test('works under drizzle’s neon-http', async () => {
    const db = drizzle({ client: neon(await server.createDatabase()) });
    const rows = await db.insert(people).values({ id: 1, name: 'Ada' }).returning();
    expect(rows).toEqual([{ id: 1, name: 'Ada' }]);
    const [, found] = await db.batch([
      db.update(people).set({ name: 'Ida' }).where(eq(people.id, 1)),
      db.select().from(people),
    ]);
    expect(found).toEqual([{ id: 1, name: 'Ida' }]);
    expect(await db.$count(people)).toBe(1);

    const again = { id: 1, name: 'Eve' };
    const single: unknown = await db
      .insert(people)
      .values(again)
      .catch((e: unknown) => e);
    expect(single).toBeInstanceOf(DrizzleQueryError);
    expect(single).toMatchObject({ cause: { code: '23505' } });
    await expect(db.batch([db.insert(people).values(again)])).rejects.toMatchObject({
      code: '23505',
    });
  });

  test('rolls back what a client leaves open', async () => {
    const connectionString = await server.createDatabase();
    const client = new Client({ connectionString });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    await client.query("INSERT INTO people VALUES (1, 'Ada')");
    const gone = new Promise<void>((resolve) => client.once('end', () => resolve()));
    client.connection.stream.destroy();
    await gone;
    const sql = neon(connectionString);
    // Waits for the lock on the same key if the other transaction still stands.
    expect(await sql`INSERT INTO people VALUES (1, 'Bo') RETURNING name`).toEqual([{ name: 'Bo' }]);
  });

  test('creates databases of any name', async () => {
    const name = 'odd "name"';
    await neon(server.handle.adminConnectionString).query(
      `CREATE DATABASE "${name.replaceAll('"', '""')}"`,
    );
    const there = new URL(url);
    there.pathname = `/${encodeURIComponent(name)}`;
    const rows = await neon(there.href)`SELECT current_database() AS name`;
    expect(rows).toEqual([{ name }]);
  });

  test('takes plain PostgreSQL clients on the same connection string', async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ tz: string }>("SELECT current_setting('TimeZone') AS tz");
    expect(rows).toEqual([{ tz: 'UTC' }]);
    await client.end();
  });
});
