import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { personOf } from '../../shared/catalogue/person.ts';
import { runCron } from '../jobs/cron.ts';
import { claimMessages } from '../services/queue/claim.ts';
import { ingestReports } from '../services/reports/ingest-reports.ts';
import { received } from '../services/reports/testing/report-fixtures.ts';
import { createHarness, type Harness, idOf } from '../testing/harness.ts';
import { liveSession } from '../testing/live-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const ada = { phone: '+15550100002', id: '15550100002@c.us', lid: '90000000002@lid' };

async function setUp() {
  const session = await liveSession(harness);
  const { call, id: sessionId, runner } = session;
  let wireIds = 0;
  return {
    ...session,
    send: (to: string = ada.phone) => call('POST', '/messages/text', { to, text: 'Hi' }),
    optOut: (person: string = ada.phone) => call('POST', '/opt-outs', { person }),
    /** Ada writes to the session. */
    hears: (text: string) =>
      ingestReports({
        services: harness.services(),
        runnerId: runner.owner.runnerId,
        reports: [
          {
            bootId: 'boot',
            spoolSeq: (wireIds += 1),
            sessionId,
            epoch: 1,
            occurredAt: Date.now(),
            report: received(`3A0${wireIds}`, { text, from: personOf({ ...ada, name: 'Ada' }) }),
          },
        ],
      }),
    claim: async () => {
      const input = { sessionId, epoch: 1, limit: 20 };
      const { messages } = await claimMessages({ services: harness.services(), input });
      return messages.map(({ messageId }) => messageId);
    },
    message: async (id: string) => {
      const { messages } = harness.schema;
      return (await harness.db.select().from(messages).where(eq(messages.id, id)))[0];
    },
  };
}

const REFUSED = { status: 422, error: { code: 'RECIPIENT_OPTED_OUT' } };

describe('somebody who has opted out', () => {
  test('is sent nothing, until they are taken off the list', async () => {
    const { call, send, optOut } = await setUp();
    const entry = await optOut();
    expect(entry).toMatchObject({ status: 201, data: { person: { id: ada.id }, source: 'api' } });
    expect(await send()).toMatchObject(REFUSED);
    expect((await send('+15550100003')).status).toBe(202);
    expect((await call('GET', '/messages')).data).toHaveLength(1);
    expect((await optOut()).data).toEqual(entry.data);
    expect((await call('GET', '/opt-outs')).data).toEqual([entry.data]);
    expect((await call('DELETE', `/opt-outs/${idOf(entry)}`)).status).toBe(200);
    expect((await send()).status).toBe(202);
  });

  test('is the same person under both forms of a Brazilian or Mexican number', async () => {
    for (const [listed, sentTo] of [
      ['+5511987654321', '+551187654321'],
      ['+551187654322', '+5511987654322'],
      ['+5215512345678', '+525512345678'],
      ['+525512345679', '+5215512345679'],
    ] as const) {
      const { send, optOut } = await setUp();
      expect((await optOut(listed)).status).toBe(201);
      expect(await send(sentTo)).toMatchObject(REFUSED);
      // A landline of the same digits has one form.
      expect((await send('+551133334444')).status).toBe(202);
    }
  });

  test('is the same person under both ids, once the session has met them', async () => {
    for (const [listed, sentTo] of [
      [ada.phone, ada.lid],
      [ada.lid, ada.phone],
    ] as const) {
      const { hears, optOut, send } = await setUp();
      await hears('hello');
      await optOut(listed);
      expect(await send(sentTo)).toMatchObject(REFUSED);
    }
  });

  test('gets no reply and no message that is queued or scheduled already', async () => {
    const { call, send, optOut, hears, claim, message } = await setUp();
    await hears('hello');
    const [inbound] = (await call('GET', '/messages?direction=inbound')).data as { id: string }[];
    const queued = idOf(await send());
    const other = idOf(await send('+15550100003'));
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = { to: ada.phone, text: 'Hi', sendAt };
    const scheduled = idOf(await call('POST', '/messages/text', body));
    await optOut();
    for (const id of [queued, scheduled])
      expect(await message(id)).toMatchObject({
        status: 'failed',
        error: { code: 'RECIPIENT_OPTED_OUT' },
      });
    expect(await claim()).toEqual([other]);
    expect(await call('POST', `/messages/${inbound?.id}/reply`, { text: 'Hi' })).toMatchObject(
      REFUSED,
    );
  });

  test('is still heard, and a group that they are in is still written to', async () => {
    const { call, hears, optOut, send } = await setUp();
    await optOut();
    expect(await hears('hello')).toMatchObject({ accepted: 1 });
    expect((await call('GET', '/messages?direction=inbound')).data).toHaveLength(1);
    expect((await send('120363012345678901@g.us')).status).toBe(202);
  });
});

describe('stop words', () => {
  test('opt out whoever writes one, and nothing else', async () => {
    const { call, hears, send } = await setUp();
    const stopWords = ['Stop', ' stop ', 'ABMELDEN!'];
    expect((await call('PATCH', '/workspace', { stopWords })).data).toMatchObject({
      stopWords: ['stop', 'abmelden'],
    });
    await hears('please do not stop');
    expect((await send()).status).toBe(202);
    await hears(' „STOP“. '.replaceAll('„', '“'));
    expect(await send()).toMatchObject(REFUSED);
    expect((await call('GET', '/opt-outs')).data).toMatchObject([
      { person: { id: ada.id, lid: ada.lid }, source: 'stop_word' },
    ]);
  });

  test('keep what is queued from its runner at once, and the next minute fails it', async () => {
    const { call, hears, send, claim, message } = await setUp();
    await call('PATCH', '/workspace', { stopWords: ['stop'] });
    const queued = idOf(await send());
    await hears('stop');
    expect(await claim()).toEqual([]);
    await runCron(harness.services());
    expect(await message(queued)).toMatchObject({ error: { code: 'RECIPIENT_OPTED_OUT' } });
  });

  test('are none by default', async () => {
    const { hears, send } = await setUp();
    await hears('STOP');
    expect((await send()).status).toBe(202);
  });

  test('that are too many, too long or no words are a VALIDATION_ERROR', async () => {
    const { call } = await setUp();
    for (const stopWords of [Array(51).fill('x'), ['x'.repeat(41)], ['...'], 'stop'])
      expect((await call('PATCH', '/workspace', { stopWords })).error?.code).toBe(
        'VALIDATION_ERROR',
      );
  });
});

test('an entry is its workspace’s own, and a key pinned to a session does not see the list', async () => {
  const { optOut, workspaceId, id } = await setUp();
  const entry = await optOut();
  const { call } = await setUp();
  expect((await call('DELETE', `/opt-outs/${idOf(entry)}`)).status).toBe(404);
  const { apiKey } = await harness.newKey(workspaceId, { sessionId: id });
  expect((await harness.call('GET', '/v1/opt-outs', { key: apiKey })).error?.code).toBe(
    'FORBIDDEN',
  );
});

test.each([
  ['a group', '120363012345678901@g.us'],
  ['no number', 'hello'],
  ['nobody', ''],
])('%s cannot opt out', async (_what, person) => {
  const { optOut } = await setUp();
  expect((await optOut(person)).error?.code).toBe('VALIDATION_ERROR');
});
