import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { neon, neonConfig } from '@neondatabase/serverless';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appConnectionString, type NeonConfigInput } from './config.ts';
import { clusterOf } from './embedded/install.ts';
import { isAlive, readPostmasterPid } from './embedded/postmaster-pid.ts';
import { type RunningNeon, startNeon } from './server.ts';
import { end, ServiceProcesses } from '../testing/service-processes.ts';

const PASSWORD = 'a-long-enough-random-password';

let dataDir: string;
const processes = new ServiceProcesses(new URL('./main.ts', import.meta.url));
const servers: RunningNeon[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'waypost-neon-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await processes.close('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 30 s');
    await delay(20);
  }
}

/** Writes pairs of rows until the database is gone; remembers what was acknowledged. */
async function writeUntilGone(writer: number, acknowledged: string[]): Promise<void> {
  const sql = neon(appConnectionString({ password: PASSWORD }));
  for (let n = 0; ; n += 1) {
    const key = `${writer}-${n}`;
    try {
      await sql.transaction([
        sql`INSERT INTO first VALUES (${key})`,
        sql`INSERT INTO second VALUES (${key})`,
      ]);
    } catch {
      return;
    }
    acknowledged.push(key);
  }
}

describe('neon', () => {
  const config = (): NeonConfigInput => ({ dataDir, password: PASSWORD });

  test('keeps every acknowledged transaction through kill -9 of the service', async () => {
    const { child, url } = await processes.start(config());
    neonConfig.fetchEndpoint = `${url}/sql`;
    const sql = neon(appConnectionString({ password: PASSWORD }));
    await sql`CREATE TABLE first (key text PRIMARY KEY)`;
    await sql`CREATE TABLE second (key text PRIMARY KEY)`;

    const acknowledged: string[] = [];
    const writers = [1, 2, 3, 4].map((writer) => writeUntilGone(writer, acknowledged));
    await until(async () => acknowledged.length >= 100);
    await end(child, 'SIGKILL');
    await Promise.all(writers);

    const again = await startNeon(config(), () => undefined);
    servers.push(again);
    neonConfig.fetchEndpoint = again.sqlUrl;
    const first = (await sql`SELECT key FROM first`).map((row) => String(row.key));
    const second = (await sql`SELECT key FROM second`).map((row) => String(row.key));
    expect(acknowledged.filter((key) => !first.includes(key))).toEqual([]);
    expect(first.toSorted()).toEqual(second.toSorted());
  });

  test('keeps its data and leaves no process behind when stopped in order', async () => {
    const { child, url } = await processes.start(config());
    neonConfig.fetchEndpoint = `${url}/sql`;
    const sql = neon(appConnectionString({ password: PASSWORD }));
    await sql`CREATE TABLE kept AS SELECT 1 AS one`;
    const postmaster = await readPostmasterPid(clusterOf(dataDir));
    await end(child, 'SIGTERM');
    expect(child.exitCode).toBe(0);
    if (postmaster === undefined) throw new Error('no postmaster');
    // It removes its file, which a stop waits for, a moment before it is gone.
    await until(async () => !isAlive(postmaster.pid));

    const again = await startNeon(config(), () => undefined);
    servers.push(again);
    neonConfig.fetchEndpoint = again.sqlUrl;
    expect(await sql`SELECT one FROM kept`).toEqual([{ one: 1 }]);
  });
});

test('PostgreSQL comes back on the same port after kill -9 of its postmaster', async () => {
  const events: string[] = [];
  const server = await startNeon({ dataDir, password: PASSWORD }, (_, event) => events.push(event));
  servers.push(server);
  neonConfig.fetchEndpoint = server.sqlUrl;
  const sql = neon(server.connectionString);
  await sql`CREATE TABLE kept AS SELECT 1 AS one`;

  const postmaster = await readPostmasterPid(clusterOf(dataDir));
  if (postmaster === undefined) throw new Error('no postmaster');
  process.kill(postmaster.pid, 'SIGKILL');
  await until(async () => events.includes('database_restarted'));
  // The door may first have to find out that its old connections are dead.
  await until(() =>
    sql`SELECT one FROM kept`.then(
      () => true,
      () => false,
    ),
  );
  expect(await sql`SELECT one FROM kept`).toEqual([{ one: 1 }]);
});

test('a test server and its directory go when the tests are killed', async () => {
  await chmod(dataDir, 0o711);
  const testing = new URL('./testing/server.ts', import.meta.url).href;
  const script = `import { startTestNeon } from '${testing}'; await startTestNeon(); console.log('up')`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: '/usr/bin:/bin', TMPDIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const [home = ''] = await readdir(dataDir);
  const postmaster = await readPostmasterPid(clusterOf(path.join(dataDir, home)));
  expect(postmaster?.ready).toBe(true);
  await end(child, 'SIGKILL');
  await until(async () => (await readdir(dataDir)).length === 0);
  expect(await readPostmasterPid(clusterOf(path.join(dataDir, home)))).toBeUndefined();
});
