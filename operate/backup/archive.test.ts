import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNeon } from '../../local/neon/server.ts';
import { lockFile } from '../../shared/node/file-lock.ts';
import { VERSION } from '../../shared/version.ts';
import { backup, restore } from './archive.ts';

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'waypost-backup-'));
  // PostgreSQL runs as another account, which passes through.
  chmodSync(home, 0o711);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const silent = (): undefined => undefined;

/** Runs a query on the embedded database of a deployment's folder, which is started for it. */
async function query(directory: string, ...statements: string[]): Promise<unknown[]> {
  const dataDir = join(directory, 'data/neon');
  const neon = await startNeon({ dataDir, password: 'a-long-enough-password' }, silent);
  const client = new Client({ connectionString: neon.connectionString });
  await client.connect();
  let rows: unknown[] = [];
  for (const statement of statements) ({ rows } = await client.query(statement));
  await client.end();
  await neon.close();
  return rows;
}

function newDeployment(name: string): string {
  const directory = join(home, name);
  for (const folder of ['', 'data', 'data/objects', 'data/runner-1', 'logs']) {
    mkdirSync(join(directory, folder));
    chmodSync(join(directory, folder), 0o711);
  }
  writeFileSync(join(directory, 'settings.json'), '{"secrets":{}}', { mode: 0o600 });
  writeFileSync(join(directory, 'data/objects/file'), 'a stored file');
  writeFileSync(join(directory, 'data/runner-1/profile'), 'keys of a session');
  writeFileSync(join(directory, 'logs/worker.log'), 'a line');
  return directory;
}

test('what was there before everything was destroyed is there afterwards', async () => {
  const directory = newDeployment('whole');
  await query(directory, 'create table kept (message text)', `insert into kept values ('hello')`);
  const file = backup({ directory, to: join(home, 'backups') });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  rmSync(directory, { recursive: true });

  expect(restore({ file, directory })).toMatchObject({ version: VERSION });
  expect(await query(directory, 'select message from kept')).toEqual([{ message: 'hello' }]);
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  expect(read('data/objects/file')).toBe('a stored file');
  expect(read('data/runner-1/profile')).toBe('keys of a session');
  expect(statSync(join(directory, 'settings.json')).mode & 0o777).toBe(0o600);
  expect(
    ['logs', 'backup.json', 'lock.sqlite'].filter((name) => existsSync(join(directory, name))),
  ).toEqual([]);
});

test('half of a backup is not restored, and leaves nothing that would start', () => {
  const directory = newDeployment('halves');
  const to = join(home, 'halves-backups');
  const file = backup({ directory, to });
  const bytes = readFileSync(file);
  const half = join(home, 'half.tar.gz');
  writeFileSync(half, bytes.subarray(0, bytes.length - 200));
  const empty = join(home, 'half-restored');
  expect(() => restore({ file: half, directory: empty })).toThrow('tar failed');
  expect(readdirSync(empty)).toEqual([]);
  expect(restore({ file, directory: empty })).toMatchObject({ version: VERSION });
  expect(readdirSync(to)).toHaveLength(1);
});

test('a deployment that runs is not packed, and one that exists is not overwritten', () => {
  const directory = newDeployment('running');
  const to = join(home, 'others');
  const file = backup({ directory, to });
  const unlock = lockFile(join(directory, 'lock.sqlite'));
  expect(() => backup({ directory, to })).toThrow('in use by another process');
  unlock();
  expect(() => restore({ file, directory })).toThrow('is not empty');
  expect(() => backup({ directory: join(home, 'nothing'), to })).toThrow('no deployment is in');
});
