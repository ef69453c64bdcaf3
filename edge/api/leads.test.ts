import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { personOf } from '../../shared/catalogue/person.ts';
import { ingestReports } from '../services/reports/ingest-reports.ts';
import { received } from '../services/reports/testing/report-fixtures.ts';
import { createHarness, type Harness, idOf } from '../testing/harness.ts';
import { liveSession } from '../testing/live-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const session = await liveSession(harness);
  let wireIds = 0;
  return {
    ...session,
    add: (body: object = {}) => session.call('POST', '/leads', { person: '+15550100001', ...body }),
    /** Ada writes, in her own chat unless `change` says otherwise. */
    hears: (change: Parameters<typeof received>[1] = {}) =>
      ingestReports({
        services: harness.services(),
        runnerId: session.runner.owner.runnerId,
        reports: [
          {
            bootId: 'boot',
            spoolSeq: (wireIds += 1),
            sessionId: session.id,
            epoch: 1,
            occurredAt: Date.now(),
            report: received(`3A0${wireIds}`, change),
          },
        ],
      }),
  };
}

test('a lead is added once, listed, changed and deleted', async () => {
  const { call, add } = await setUp();
  const made = await add({ name: 'Ada', notes: 'By phone' });
  expect(made).toMatchObject({
    status: 201,
    data: {
      person: { id: '15550100001@c.us', lid: null },
      name: 'Ada',
      status: 'new',
      notes: 'By phone',
      source: 'api',
      sessionId: null,
    },
  });
  const id = idOf(made);
  expect(await add()).toMatchObject({ status: 409, error: { code: 'CONFLICT', details: { id } } });
  const other = await add({ person: '+15550100002', status: 'customer' });
  expect((await call('GET', '/leads')).data).toEqual([other.data, made.data]);
  expect((await call('GET', '/leads?status=new')).data).toEqual([made.data]);
  const first = await call('GET', '/leads?limit=1');
  const rest = await call('GET', `/leads?limit=1&cursor=${String(first.meta.nextCursor)}`);
  expect([first.data, rest.data]).toEqual([[other.data], [made.data]]);
  const changed = await call('PATCH', `/leads/${id}`, { status: 'contacted', notes: null });
  expect(changed.data).toMatchObject({ id, name: 'Ada', status: 'contacted', notes: null });
  expect((await call('GET', `/leads/${id}`)).data).toEqual(changed.data);
  expect((await call('DELETE', `/leads/${id}`)).data).toEqual({ id, deleted: true });
  expect((await call('GET', `/leads/${id}`)).status).toBe(404);
});

describe('whoever writes to a session', () => {
  test('becomes a lead with the first message, where the workspace wants that', async () => {
    const { call, hears, id: sessionId } = await setUp();
    await hears();
    expect((await call('GET', '/leads')).data).toEqual([]);
    await call('PATCH', '/workspace', { captureLeads: true });
    await hears();
    await hears();
    expect((await call('GET', '/leads')).data).toMatchObject([
      {
        person: { id: '15550100002@c.us', lid: '900@lid' },
        name: 'Ada',
        status: 'new',
        source: 'inbound',
        sessionId,
      },
    ]);
  });

  test('is the same lead under a LID, and under the number that is learned later', async () => {
    const { call, hears, add } = await setUp();
    await call('PATCH', '/workspace', { captureLeads: true });
    const lid = '90000000123@lid';
    const phone = '15550100123@c.us';
    await hears({ chatId: lid, from: personOf({ id: lid, lid, name: 'Ada' }) });
    const [first] = z.array(z.object({ id: z.string() })).parse((await call('GET', '/leads')).data);
    await call('PATCH', `/leads/${first?.id}`, { status: 'contacted' });
    await hears({ chatId: phone, from: personOf({ id: phone, lid, name: 'Ada' }) });
    expect((await call('GET', '/leads')).data).toMatchObject([
      { id: first?.id, person: { id: phone, lid }, status: 'contacted' },
    ]);
    for (const person of ['+15550100123', lid])
      expect(await add({ person })).toMatchObject({
        status: 409,
        error: { details: { id: first?.id } },
      });
  });

  test('is the same lead under both forms of a Brazilian number', async () => {
    const { call, hears, add } = await setUp();
    await call('PATCH', '/workspace', { captureLeads: true });
    const made = await add({ person: '+5511987654321' });
    const id = '551187654321@c.us';
    await hears({ chatId: id, from: personOf({ id, name: 'Bia' }) });
    expect((await call('GET', '/leads')).data).toMatchObject([{ id: idOf(made), person: { id } }]);
    expect((await add({ person: '+5511987654321' })).status).toBe(409);
  });

  test('becomes none in a group', async () => {
    const { call, hears } = await setUp();
    await call('PATCH', '/workspace', { captureLeads: true });
    await hears({ chatId: '120363012345678901@g.us', isGroup: true });
    expect((await call('GET', '/leads')).data).toEqual([]);
  });
});

test.each([
  ['a group', { person: '120363012345678901@g.us' }],
  ['another status', { status: 'old' }],
  ['a name of blanks', { name: ' ' }],
  ['notes too long', { notes: 'x'.repeat(4_001) }],
])('%s is a VALIDATION_ERROR', async (_what, body) => {
  const { call, add } = await setUp();
  expect((await add(body)).error?.code).toBe('VALIDATION_ERROR');
  expect((await call('GET', '/leads')).data).toEqual([]);
});

test('a key pinned to a session sees no leads', async () => {
  const { workspaceId, id } = await setUp();
  const { apiKey } = await harness.newKey(workspaceId, { sessionId: id });
  const answer = await harness.call('GET', '/v1/leads', { key: apiKey });
  expect(answer.error?.code).toBe('FORBIDDEN');
});
