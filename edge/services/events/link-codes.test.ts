import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EVENT_TYPES, EVENTS, type EventType } from '../../../shared/catalogue/events/index.ts';
import type { Report } from '../../../shared/protocol/index.ts';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';
import { changeUnderLock } from '../../testing/change-under-lock.ts';
import { newInbox } from '../../testing/receiver.ts';
import { deliver } from '../deliveries/deliver.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import { newOwnedSession, type OwnedSession } from '../reports/testing/report-fixtures.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const expiresAt = Date.now() + 60_000;
/** Each event that holds a code; one more in the catalogue fails here until it has its report. */
const REPORTS: Partial<Record<EventType, { code: string; report: Report }>> = {
  'session.qr': {
    code: '2@a-live-code',
    report: { kind: 'session.qr', qr: '2@a-live-code', expiresAt },
  },
  'session.pairing_code': {
    code: 'LIVECODE',
    report: { kind: 'session.pairing_code', code: 'LIVECODE', expiresAt },
  },
};
const WITH_CODES = EVENT_TYPES.filter((type) => EVENTS[type].credential !== null);

const shows = (session: OwnedSession, report: Report) =>
  ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: [session.spool(report)],
  });

const Body = z.object({ data: z.record(z.string(), z.unknown()) });
const createWebhook = (key: string, body: object) =>
  harness.call('POST', '/v1/webhooks', { key, body });

describe.each(WITH_CODES)('the code of %s', (type) => {
  const { code, report } = REPORTS[type] ?? { code: '', report: undefined };
  const field = EVENTS[type].credential ?? '';

  it.each([
    { by: 'a key that reads events', scopes: ['events:read'], shown: false },
    { by: 'one that reads sessions, too', scopes: ['events:read', 'sessions:read'], shown: false },
    { by: 'one that writes sessions', scopes: ['events:read', 'sessions:write'], shown: true },
    { by: 'one that may do all of sessions', scopes: ['events:*', 'sessions:*'], shown: true },
    { by: 'one that may do everything', scopes: ['*'], shown: true },
    { by: 'a person', scopes: null, shown: true },
  ])('read from the log by $by: shown is $shown', async ({ scopes, shown }) => {
    const session = await newOwnedSession(harness);
    if (report !== undefined) await shows(session, report);
    const { workspaceId } = session;
    const key =
      scopes === null
        ? (await harness.newUser({ workspaceId })).token
        : (await harness.newKey(workspaceId, { scopes })).apiKey;
    const { data } = await harness.call('GET', `/v1/events?types=${type}`, { key });
    expect(data).toMatchObject([{ type, data: { [field]: shown ? code : null } }]);
  });

  it.each([
    { endpoint: {}, shown: false },
    { endpoint: { eventTypes: [type] }, shown: false },
    { endpoint: { includeCodes: true }, shown: true },
  ])('delivered to an endpoint with $endpoint: shown is $shown', async ({ endpoint, shown }) => {
    const session = await newOwnedSession(harness);
    const inbox = newInbox();
    const made = await createWebhook(session.apiKey, { url: inbox.url, ...endpoint });
    expect(made.data).toMatchObject({ includeCodes: shown });
    if (report !== undefined) await shows(session, report);
    await deliver({
      services: harness.services(),
      input: { endpointId: idOf(made), notBefore: null },
    });
    const bodies = (await inbox.received()).map(({ body }) => Body.parse(JSON.parse(body)));
    expect(bodies.map(({ data }) => data[field])).toEqual([shown ? code : null]);
  });
});

describe('an endpoint that gets codes', () => {
  it('is made by those who may write sessions', async () => {
    const { workspaceId, apiKey } = await harness.newWorkspace();
    const { apiKey: hooks } = await harness.newKey(workspaceId, { scopes: ['webhooks:write'] });
    const url = newInbox().url;
    const refused = {
      status: 403,
      error: { code: 'FORBIDDEN', details: { scope: 'sessions:write' } },
    };
    expect(await createWebhook(hooks, { url, includeCodes: true })).toMatchObject(refused);
    const id = idOf(await createWebhook(hooks, { url }));
    const patch = (key: string, body: object) =>
      harness.call('PATCH', `/v1/webhooks/${id}`, { key, body });
    expect(await patch(hooks, { includeCodes: true })).toMatchObject(refused);
    expect(await patch(apiKey, { includeCodes: true })).toMatchObject({
      data: { includeCodes: true },
    });
    expect(await patch(hooks, { url: newInbox().url })).toMatchObject(refused);
    expect(await patch(hooks, { description: 'ours' })).toMatchObject({ status: 200 });
    const elsewhere = { url: newInbox().url, includeCodes: false };
    expect(await patch(hooks, elsewhere)).toMatchObject({ data: { includeCodes: false } });
  });

  it('stays where it is, when it is made to get codes while another key changes its URL', async () => {
    const { workspaceId, apiKey } = await harness.newWorkspace();
    const { apiKey: hooks } = await harness.newKey(workspaceId, { scopes: ['webhooks:write'] });
    const { url } = newInbox();
    const id = idOf(await createWebhook(apiKey, { url }));
    const changing = await changeUnderLock(harness, {
      lock: `1 from webhook_endpoints where id = '${id}' for update`,
      change: `update webhook_endpoints set include_codes = true where id = '${id}'`,
    });
    const body = { url: newInbox().url };
    expect(await harness.call('PATCH', `/v1/webhooks/${id}`, { key: hooks, body })).toMatchObject({
      status: 403,
      error: { code: 'FORBIDDEN', details: { scope: 'sessions:write' } },
    });
    await changing.done;
    expect(await harness.call('GET', `/v1/webhooks/${id}`, { key: apiKey })).toMatchObject({
      data: { url, includeCodes: true },
    });
  });
});
