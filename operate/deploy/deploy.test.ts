import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestNeon, type TestNeon } from '../../local/neon/testing/server.ts';
import { ownMigrations } from '../migrations.ts';
import { CHECKS } from './checks.ts';
import { type CommandResult, type RunCommand, runCommand } from './command.ts';
import { deploy } from './deploy.ts';
import { pendingMigrations } from './pending.ts';

let server: TestNeon;
let folder = '';
beforeAll(async () => {
  server = await startTestNeon();
  folder = mkdtempSync(join(tmpdir(), 'waypost-settings-'));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const HEX = 'ab'.repeat(32);
const IMAGE = 'registry.fly.io/waypost-runners@sha256:1234';
const SETTINGS = {
  BASE_URL: 'https://wa.example.com',
  UPSTASH_REDIS_REST_URL: 'https://redis.example.com',
  UPSTASH_REDIS_REST_TOKEN: 'a token of sixteen',
  QSTASH_URL: 'https://qstash.example.com',
  QSTASH_TOKEN: 'a token of sixteen',
  QSTASH_CURRENT_SIGNING_KEY: 'a key with sixteen',
  QSTASH_NEXT_SIGNING_KEY: 'a key with sixteen',
  S3_ENDPOINT: 'https://r2.example.com',
  S3_BUCKET: 'waypost',
  S3_ACCESS_KEY_ID: 'access-key',
  S3_SECRET_ACCESS_KEY: 'a secret of sixteen',
  EDGE_TO_RUNNER_KEYS: `k1:${HEX}`,
  RUNNER_TO_EDGE_KEYS: `k1:${'cd'.repeat(32)}`,
  API_KEY_SIGNING_KEY: HEX,
  AUTH_SECRET: HEX,
  USER_TOKEN_SIGNING_KEY: HEX,
  SESSION_ENCRYPTION_KEY: `v1:${HEX}`,
  CONTACT_HASH_KEY: HEX,
  MAIL_URL: 'https://api.resend.com',
  MAIL_TOKEN: 'a mail token',
  MAIL_FROM: 'Waypost <hello@example.com>',
  FLEET: 'fly',
  FLEET_REGIONS: 'fra',
  FLY_APP: 'waypost-runners',
  FLY_API_TOKEN: 'a token of Fly',
};

/** The tools, played: what each command answers, and what was asked of them. */
function tools(answers: Record<string, Partial<CommandResult>> = {}) {
  const calls: string[] = [];
  const uploaded: unknown[] = [];
  const known: Record<string, string> = {
    'fly secrets list': JSON.stringify([
      { Name: 'EDGE_TO_RUNNER_KEYS' },
      { Name: 'RUNNER_TO_EDGE_KEYS' },
    ]),
    'fly deploy': `pushing\nimage: ${IMAGE}\nimage size: 900 MB`,
  };
  const run: RunCommand = async (command, args) => {
    const called = [command, ...args].join(' ');
    const of = <Value>(table: Record<string, Value>) =>
      Object.entries(table).find(([name]) => called.startsWith(name))?.[1];
    const [file] = /(?<=--secrets-file )\S+/.exec(called) ?? [];
    if (file !== undefined) uploaded.push(JSON.parse(readFileSync(file, 'utf8')));
    calls.push(file === undefined ? called : called.replace(file, 'FILE'));
    return { code: 0, output: of(known) ?? 'fine', ...of(answers) };
  };
  return { run, calls, uploaded };
}

async function deployed(options: {
  dryRun?: boolean;
  settings?: Record<string, string>;
  answers?: Record<string, Partial<CommandResult>>;
}) {
  const database = await server.createDatabase();
  const settingsFile = join(
    folder,
    `${options.dryRun}-${Object.keys(options.answers ?? {}).length}`,
  );
  const settings = { DATABASE_URL: database, ...SETTINGS, ...options.settings };
  const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"\n`);
  writeFileSync(settingsFile, lines.join(''));
  const played = tools(options.answers);
  const said: string[] = [];
  const { dryRun = false } = options;
  const failure = await deploy({
    settingsFile,
    dryRun,
    run: played.run,
    say: (line) => said.push(line),
  }).then(
    () => '',
    (error: unknown) => String(error),
  );
  const pending = () => pendingMigrations(database);
  return { ...played, failure, said: said.join('\n'), pending, database };
}

test('the database is migrated, then runners get their image, then the edge all secrets', async () => {
  const { calls, uploaded, failure, pending, database } = await deployed({});
  expect(failure).toBe('');
  expect(await pending()).toEqual([]);
  expect(calls.slice(-2)).toEqual([
    'fly deploy --build-only --push -a waypost-runners',
    'wrangler deploy --secrets-file FILE',
  ]);
  expect(uploaded).toEqual([{ ...SETTINGS, DATABASE_URL: database, FLY_RUNNER_IMAGE: IMAGE }]);
});

test('a dry run shows the plan and touches nothing', async () => {
  const { calls, said, pending } = await deployed({ dryRun: true });
  expect(said).toMatch(/plan {2}1 migrate: 0000_init.*\nplan {2}2 runners: .*\nplan {2}3 edge/);
  expect(await pending()).toEqual(ownMigrations());
  expect(calls.filter((call) => /--push|--secrets-file/.test(call))).toEqual([]);
  expect(said).not.toContain(HEX);
});

test.each<[string, Parameters<typeof deployed>[0], RegExp]>([
  ['a bad secret', { settings: { AUTH_SECRET: 'short' } }, /AUTH_SECRET: needs 32 bytes/],
  ['no Fly token', { settings: { FLY_API_TOKEN: '' } }, /FLY_API_TOKEN: is needed/],
  [
    'a pooled address',
    { settings: { DATABASE_URL: 'postgresql://u:p@ep-x-pooler.neon.tech/db' } },
    /DATABASE_DIRECT_URL is needed/,
  ],
  [
    'a database out of reach',
    { settings: { DATABASE_URL: 'postgresql://u:p@127.0.0.1:9/db' } },
    /database: .*ECONNREFUSED[\s\S]*DATABASE_DIRECT_URL/,
  ],
  ['no wrangler', { answers: { 'wrangler --version': { code: 127 } } }, /Run npm ci/],
  ['not signed in', { answers: { 'wrangler whoami': { code: 1 } } }, /npx wrangler login/],
  ['another app', { settings: { FLY_APP: 'other' } }, /fly\.toml: its app is waypost-runners/],
  ['no flyctl', { answers: { 'fly auth': { code: 127 } } }, /Install flyctl/],
  [
    'no secrets',
    { answers: { 'fly secrets': { output: '[]' } } },
    /RUNNER_TO_EDGE_KEYS are not set/,
  ],
  ['no bundle', { answers: { 'wrangler deploy --dry-run': { code: 1 } } }, /npm run verify/],
])('%s stops it before anything is touched', async (_what, options, message) => {
  const { failure, calls, pending } = await deployed(options);
  expect(failure).toMatch(message);
  expect(failure).not.toContain(HEX);
  expect(calls.filter((call) => /--push|--secrets-file/.test(call))).toEqual([]);
  const touched = options.settings?.['DATABASE_URL'] === undefined ? await pending() : [];
  expect([[], ownMigrations()]).toContainEqual(touched);
});

test.each([
  ['fly deploy', 'runners', 0],
  ['wrangler deploy --secrets-file', 'edge', 1],
])('when %s fails, it ends there and says what runs', async (command, part, uploads) => {
  const answers = { [command]: { code: 1, output: 'out of luck' } };
  const { failure, uploaded } = await deployed({ answers });
  expect(failure).toMatch(new RegExp(`${part}: [\\s\\S]*deploy again[\\s\\S]*out of luck`));
  expect(uploaded).toHaveLength(uploads);
});

test('a database that is ahead of this copy is left alone', async () => {
  const { database } = await deployed({});
  const { Client } = await import('pg');
  const client = new Client({ connectionString: database });
  await client.connect();
  await client.query(
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9999999999999)`,
  );
  await client.end();
  await expect(pendingMigrations(database)).rejects.toThrow('1 migrations ahead');
});

test('the Worker builds and is accepted by wrangler itself', async () => {
  const bundle = CHECKS.find(({ name }) => name === 'bundle');
  const settings = { worker: {}, migrationUrl: '', fly: null };
  // With the `test` that it is here, the dashboard would be built for development.
  const run: RunCommand = (...call) => runCommand(call[0], call[1], { NODE_ENV: 'production' });
  expect(await bundle?.look(settings, run, { pending: [] })).toMatch(/Total Upload/);
}, 180_000);
