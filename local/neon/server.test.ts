import { chmod, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { neon, neonConfig } from '@neondatabase/serverless';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clusterOf } from './embedded/install.ts';
import { startNeon } from './server.ts';
import { startTestNeon } from './testing/server.ts';

const PASSWORD = 'a-long-enough-random-password';
const isRoot = process.getuid?.() === 0;

let home: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'waypost-neon-'));
});
afterEach(() => rm(home, { recursive: true }));

test('serves a PostgreSQL of your own', async () => {
  const own = await startTestNeon();
  const databaseUrl = await own.createDatabase();
  const service = await startNeon(
    { dataDir: home, password: PASSWORD, databaseUrl },
    () => undefined,
  );
  expect(service).toMatchObject({ driver: 'server', connectionString: databaseUrl });
  neonConfig.fetchEndpoint = service.sqlUrl;
  expect(await neon(databaseUrl)`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  await service.close();
  await own.close();
});

test('takes no password in clear on a cluster of an earlier version either', async () => {
  const config = { dataDir: home, password: PASSWORD };
  await chmod(home, 0o755);
  const dataDir = path.join(home, 'data');
  const first = await startNeon({ ...config, dataDir }, () => undefined);
  await first.close();
  const file = path.join(clusterOf(dataDir), 'pg_hba.conf');
  const rules = await readFile(file, 'utf8');
  await writeFile(file, rules.replaceAll('scram-sha-256', 'password'));
  const again = await startNeon({ ...config, dataDir }, () => undefined);
  neonConfig.fetchEndpoint = again.sqlUrl;
  const sql = neon(again.connectionString);
  expect(await sql`select distinct auth_method from pg_hba_file_rules`).toEqual([
    { auth_method: 'scram-sha-256' },
  ]);
  await again.close();
});

// As root, PostgreSQL runs under another account, which may not enter the 0700 directory above its data.
test.runIf(isRoot)('says why PostgreSQL cannot run, and what to do', async () => {
  const start = startNeon(
    { dataDir: path.join(home, 'data'), password: PASSWORD },
    () => undefined,
  );
  await expect(start).rejects.toThrow(/may not enter .*waypost-neon-.*DATABASE_URL/s);
});

test('does not start on a cluster that this PostgreSQL cannot read', async () => {
  const cluster = clusterOf(home);
  await mkdir(cluster);
  await writeFile(path.join(cluster, 'PG_VERSION'), '9\n');
  await expect(startNeon({ dataDir: home, password: PASSWORD }, () => undefined)).rejects.toThrow(
    'PostgreSQL',
  );
});

test.each([
  [{ password: 'short' }, 'password'],
  [{ databaseUrl: 'mysql://u:p@host/db' }, 'databaseUrl'],
  [{ port: 70_000 }, 'port'],
])('refuses %j', async (wrong, field) => {
  const config = { dataDir: home, password: PASSWORD, ...wrong };
  await expect(startNeon(config, () => undefined)).rejects.toThrow(field);
});
