import { beforeAll, expect, test } from 'vitest';
import { VERSION } from '../../../shared/version.ts';
import { JOBS } from '../../jobs/cron.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
let elsewhere = '';
beforeAll(async () => {
  harness = await createHarness();
  const { runnerId: id, bootId, url } = harness.newRunner().owner;
  elsewhere = new URL(url).origin;
  await harness.db
    .insert(harness.schema.runners)
    .values({ id, bootId, url, region: 'local', maxSessions: 1, version: '0.0.9' });
});

const NOWHERE = 'http://127.0.0.1:9';
const asOperator = (env: Record<string, string> = {}) =>
  harness.call('GET', '/diagnosis', {
    key: harness.env.METRICS_TOKEN ?? '',
    env: { CALLBACK_URL: elsewhere, ...env },
  });

test('the operator sees what only the Worker can: callbacks, mail, clocks, versions, runners', async () => {
  const up = { status: 'up' };
  expect(await asOperator()).toMatchObject({
    status: 200,
    data: {
      version: VERSION,
      baseUrl: harness.env.BASE_URL,
      callback: { ...up, url: elsewhere },
      mail: up,
      record: {
        cronAgeSeconds: null,
        migrations: expect.any(Number),
        runners: [{ version: '0.0.9', draining: false, probe: up }],
      },
    },
  });
});

test('cron leaves a mark', async () => {
  await JOBS.noteCronRound(harness.services());
  await JOBS.noteCronRound(harness.services());
  const { data } = await asOperator();
  expect(data).toMatchObject({ record: { cronAgeSeconds: expect.any(Number) } });
});

test.each([
  [{ MAIL_TOKEN: 'another token of the mail provider' }, { mail: { status: 'down' } }],
  [{ MAIL_URL: NOWHERE }, { mail: { status: 'down' } }],
  [{ CALLBACK_URL: NOWHERE }, { callback: { status: 'down', url: NOWHERE } }],
  [{ DATABASE_HTTP_URL: `${NOWHERE}/sql` }, { record: null }],
])('%j is seen', async (env, data) => {
  expect(await asOperator(env)).toMatchObject({ status: 200, data });
});

test('a runner that has gone is not called, and one that does not answer is down', async () => {
  const { runners } = harness.schema;
  const row = { bootId: 'b', url: NOWHERE, region: 'local', maxSessions: 1 };
  const heartbeatAt = new Date(Date.now() - 60_000);
  await harness.db.insert(runners).values([
    { ...row, id: 'gone', heartbeatAt },
    { ...row, id: 'mute' },
  ]);
  const { data } = await asOperator();
  expect(data).toMatchObject({
    record: {
      runners: expect.arrayContaining([
        expect.objectContaining({ id: 'gone', probe: null }),
        expect.objectContaining({ id: 'mute', probe: expect.objectContaining({ status: 'down' }) }),
      ]),
    },
  });
});

test.each([
  ['nobody', {}, 401],
  ['another token', { key: '0'.repeat(64) }, 401],
  ['an operator who configured no token', { key: 'undefined', env: { METRICS_TOKEN: '' } }, 404],
])('%s sees nothing', async (_who, options, status) => {
  const answer = await harness.call('GET', '/diagnosis', options);
  expect([answer.status, answer.data]).toEqual([status, undefined]);
});

test('an API key opens nothing here', async () => {
  const { apiKey } = await harness.newWorkspace();
  expect((await harness.call('GET', '/diagnosis', { key: apiKey })).status).toBe(401);
});
