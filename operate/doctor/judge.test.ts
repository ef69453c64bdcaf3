import { expect, test } from 'vitest';
import type { Facts } from './facts.ts';
import { judge } from './judge.ts';
import { isWell } from './line.ts';

const NOW = Date.UTC(2026, 10, 30);
type State = { status: 'up' | 'down' };
const up: State = { status: 'up' };
const down: State = { status: 'down' };
const answered = <Data>(data: Data) => ({
  ok: true as const,
  data,
  serverTime: NOW,
  askedAt: NOW,
  tookMs: 12,
});
const refused = (status: number | null, problem = 'no') => ({
  ok: false as const,
  status,
  problem,
});
const runner = { id: 'r1', version: '0.1.0', draining: false, heartbeatAgeSeconds: 3, probe: up };
const record = { clockAheadMs: 40, migrations: 58, cronAgeSeconds: 31, runners: [runner] };
const diagnosis = {
  version: '0.1.0',
  baseUrl: 'https://wa.example.com',
  callback: { ...up, url: 'https://wa.example.com' },
  mail: up,
  record,
};
const dependencies = { database: up, redis: up, qstash: up, objects: up };
const WELL: Facts = {
  url: 'https://wa.example.com',
  health: answered({}),
  readiness: answered({ dependencies }),
  diagnosis: answered(diagnosis),
  own: { version: '0.1.0', migrations: 58 },
};
const withDiagnosis = (change: Partial<typeof diagnosis>): Facts => ({
  ...WELL,
  diagnosis: answered({ ...diagnosis, ...change }),
});
const withRecord = (change: object): Facts => withDiagnosis({ record: { ...record, ...change } });
const without = (name: string): Facts => ({
  ...WELL,
  readiness: answered({ dependencies: { ...dependencies, [name]: down } }),
});

test('a deployment that is well has an ok on every line', () => {
  const lines = judge(WELL);
  expect(lines.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(lines.map(({ check }) => check)).toEqual([
    'edge',
    'clock here',
    'database',
    'redis',
    'qstash',
    'objects',
    'operator’s token',
    'edge version',
    'public address',
    'callbacks',
    'mail',
    'clocks',
    'cron',
    'migrations',
    'runner r1',
  ]);
});

test.each<[string, Facts, string, string]>([
  ['unreachable', { ...WELL, health: refused(null, 'ECONNREFUSED') }, 'edge', 'ECONNREFUSED'],
  ['another server', { ...WELL, health: refused(404) }, 'edge', 'answers 404'],
  [
    'bad secret',
    { ...WELL, health: refused(500, 'AUTH_SECRET: needs') },
    'configuration',
    'AUTH_SECRET',
  ],
  [
    'own clock',
    { ...WELL, health: { ...answered({}), serverTime: NOW + 60_000 } },
    'clock here',
    '60 s',
  ],
  ['no database', without('database'), 'database', 'does not answer'],
  ['no Redis', without('redis'), 'redis', 'does not answer'],
  ['no QStash', without('qstash'), 'qstash', 'does not answer'],
  ['no R2', without('objects'), 'objects', 'does not answer'],
  [
    'no readiness',
    { ...WELL, readiness: refused(500, 'something broke') },
    'dependencies',
    'something broke',
  ],
  ['no token set', { ...WELL, diagnosis: refused(404) }, 'operator’s token', 'no METRICS_TOKEN'],
  ['wrong token', { ...WELL, diagnosis: refused(401) }, 'operator’s token', 'refused'],
  ['no answer', { ...WELL, diagnosis: refused(500, 'boom') }, 'diagnosis', 'boom'],
  ['callbacks', withDiagnosis({ callback: { ...down, url: 'http://x' } }), 'callbacks', 'http://x'],
  ['mail', withDiagnosis({ mail: down }), 'mail', 'refuses the token'],
  ['clocks', withRecord({ clockAheadMs: -9_000 }), 'clocks', '-9 s'],
  ['cron stopped', withRecord({ cronAgeSeconds: 900 }), 'cron', '900 s ago'],
  ['cron never ran', withRecord({ cronAgeSeconds: null }), 'cron', 'never'],
  ['migrations', withRecord({ migrations: 57 }), 'migrations', '1 are not applied'],
  ['no runner', withRecord({ runners: [] }), 'runners', 'none'],
  ['silent', withRecord({ runners: [{ ...runner, heartbeatAgeSeconds: 90 }] }), 'runners', 'none'],
  ['mute', withRecord({ runners: [{ ...runner, probe: down }] }), 'runner r1', 'not reached'],
])('%s: its line fails and says what to do', (_what, facts, check, found) => {
  const lines = judge(facts);
  const broken = lines.filter(({ status }) => status !== 'ok');
  expect(broken).toMatchObject([{ check, status: 'fail', found: expect.stringContaining(found) }]);
  expect(broken[0]?.todo).toMatch(/\.$|npx wrangler/);
  expect(isWell(lines)).toBe(false);
});

test.each<[string, Facts, string]>([
  ['an older edge', withDiagnosis({ version: '0.0.9' }), 'edge version'],
  ['another address', withDiagnosis({ baseUrl: 'https://other.example.com' }), 'public address'],
  ['a newer database', withRecord({ migrations: 60 }), 'migrations'],
  ['an older runner', withRecord({ runners: [{ ...runner, version: null }] }), 'runner r1'],
  ['no date', { ...WELL, health: { ...answered({}), serverTime: null } }, 'clock here'],
])('%s is a warning, and no failure', (_what, facts, check) => {
  const lines = judge(facts);
  expect(lines.filter(({ status }) => status !== 'ok')).toMatchObject([{ check, status: 'warn' }]);
  expect(isWell(lines)).toBe(true);
});
