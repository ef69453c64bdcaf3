import { runDurableObjectAlarm } from 'cloudflare:test';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import {
  newOwnedSession,
  type OwnedSession,
  received,
  status,
} from '../../services/reports/testing/report-fixtures.ts';
import { createHarness } from '../../testing/harness.ts';
import { hubOf, untilConnected } from '../../testing/hub-environments.ts';

const harness = await createHarness();

const report = ({ runnerId, spool }: OwnedSession, ...reports: Parameters<typeof spool>[0][]) =>
  ingestReports({
    services: harness.services(),
    runnerId,
    reports: reports.map((one) => spool(one)),
  });
const ask = (key: string, query: string) => harness.call('GET', `/v1/events?${query}`, { key });

describe('GET /v1/events with wait', () => {
  it('answers at once when there are events', async () => {
    const session = await newOwnedSession(harness);
    await report(session, received('A'));
    expect(await ask(session.apiKey, 'wait=25')).toMatchObject({ data: [{ seq: 1 }] });
  });

  it('answers when an event comes that fits', async () => {
    const session = await newOwnedSession(harness);
    const asked = ask(session.apiKey, 'wait=25&types=session.*');
    await untilConnected(session.workspaceId);
    await report(session, received('A'));
    await report(session, status());
    expect(await asked).toMatchObject({ status: 200, data: [{ seq: 2, type: 'session.status' }] });
  });

  it('answers without events when the time is over', async () => {
    const { apiKey } = await harness.newWorkspace();
    expect(await ask(apiKey, 'wait=1')).toMatchObject({
      status: 200,
      data: [],
      meta: { nextCursor: null },
    });
  });

  it('ends when the key is revoked', async () => {
    const { workspaceId, apiKey, keyId } = await harness.newWorkspace();
    const asked = ask(apiKey, 'wait=25');
    await untilConnected(workspaceId);
    const { apiKeys } = harness.schema;
    await harness.db.update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, keyId));
    await runDurableObjectAlarm(hubOf(workspaceId));
    expect(await asked).toMatchObject({ status: 401, error: { code: 'UNAUTHORIZED' } });
  });

  it.each(['wait=26', 'wait=-1', 'wait=x'])('refuses %s', async (query) => {
    const { apiKey } = await harness.newWorkspace();
    expect(await ask(apiKey, query)).toMatchObject({ status: 422 });
  });
});
