import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import {
  newEndpoint,
  newOwnedSession,
  type OwnedSession,
  status,
} from '../reports/testing/report-fixtures.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const DAY = 86_400_000;

const seen = (session: OwnedSession, at: number, epoch = 1) =>
  ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: [session.spool({ kind: 'phone.seen', at }, { epoch })],
  });

/** Days go by: everything that is known of the phone is so much older. */
const daysPass = ({ sessionId }: OwnedSession, days: number) =>
  harness.db
    .update(harness.schema.sessions)
    .set({ phoneSeenAt: sql`phone_seen_at - make_interval(days => ${days})` })
    .where(eq(harness.schema.sessions.id, sessionId));

const shown = async ({ sessionId, apiKey }: OwnedSession) => {
  const { data } = await harness.call('GET', `/v1/sessions/${sessionId}`, { key: apiKey });
  return data as { phoneSeenAt: string | null; phoneUnseen: boolean };
};

const warnings = async ({ apiKey }: OwnedSession) => {
  const { data } = await harness.call('GET', '/v1/events?types=session.phone_unseen', {
    key: apiKey,
  });
  return (data as { type: string; data: Record<string, unknown> }[]).filter(
    ({ type }) => type === 'session.phone_unseen',
  );
};

const deliveriesOf = (endpointId: string) => {
  const { deliveries } = harness.schema;
  return harness.db.select().from(deliveries).where(eq(deliveries.endpointId, endpointId));
};

describe('a phone that was not seen for 12 days', () => {
  it('is said once, with what to do, to subscribers as well; and is forgotten when it is seen', async () => {
    const session = await newOwnedSession(harness);
    const endpointId = await newEndpoint(harness, session, {
      eventTypes: ['session.phone_unseen'],
    });
    await seen(session, Date.now());
    await daysPass(session, 11);
    await harness.runScheduled();
    expect(await warnings(session)).toEqual([]);

    await daysPass(session, 1);
    const { phoneSeenAt } = await shown(session);
    await harness.runScheduled();
    await harness.runScheduled();
    expect(await warnings(session)).toMatchObject([
      {
        sessionId: session.sessionId,
        data: {
          phoneSeenAt,
          unlinkedAfter: new Date(Date.parse(phoneSeenAt ?? '') + 14 * DAY).toISOString(),
          advice: expect.stringContaining('Open WhatsApp on the phone'),
        },
      },
    ]);
    expect(await shown(session)).toMatchObject({ phoneUnseen: true });
    expect(await deliveriesOf(endpointId)).toHaveLength(1);

    await seen(session, Date.now());
    expect(await shown(session)).toMatchObject({ phoneUnseen: false });
    await daysPass(session, 12);
    await harness.runScheduled();
    expect(await warnings(session)).toHaveLength(2);
  });

  it('is not said of a session that is not online, nor of one that is archived', async () => {
    const { sessions } = harness.schema;
    const away = await newOwnedSession(harness);
    const archived = await newOwnedSession(harness);
    for (const session of [away, archived]) {
      await seen(session, Date.now());
      await daysPass(session, 30);
    }
    const change = (session: OwnedSession, to: Partial<typeof sessions.$inferInsert>) =>
      harness.db.update(sessions).set(to).where(eq(sessions.id, session.sessionId));
    await change(away, { status: 'logged_out' });
    await change(archived, { archivedAt: new Date() });
    await harness.runScheduled();
    expect(await warnings(away)).toEqual([]);
    expect(await warnings(archived)).toEqual([]);
    await change(away, { status: 'online' });
    await harness.runScheduled();
    expect(await warnings(away)).toHaveLength(1);
  });
});

describe('when the phone was seen', () => {
  it('only moves on, from former owners too, and never into the future', async () => {
    const session = await newOwnedSession(harness, 2);
    expect(await shown(session)).toMatchObject({ phoneSeenAt: null, phoneUnseen: false });
    const at = Date.now() - DAY;
    await seen(session, at, 2);
    await seen(session, at - DAY, 2);
    expect(await shown(session)).toMatchObject({ phoneSeenAt: new Date(at).toISOString() });
    expect(await seen(session, at + 1_000, 1)).toMatchObject({ accepted: 1, refused: [] });
    expect(await shown(session)).toMatchObject({ phoneSeenAt: new Date(at + 1_000).toISOString() });
    await seen(session, Date.now() + 30 * DAY, 2);
    const { phoneSeenAt } = await shown(session);
    expect(Date.parse(phoneSeenAt ?? '')).toBeLessThan(Date.now() + DAY);
  });

  it('is not news when it is an old sign, found late', async () => {
    const session = await newOwnedSession(harness);
    await seen(session, Date.now());
    await daysPass(session, 13);
    await harness.runScheduled();
    await seen(session, Date.now() - 12.5 * DAY);
    expect(await shown(session)).toMatchObject({ phoneUnseen: true });
    await harness.runScheduled();
    expect(await warnings(session)).toHaveLength(1);
  });

  it('begins with the first time online for a session that was linked before it was kept', async () => {
    const session = await newOwnedSession(harness);
    const online = () =>
      ingestReports({
        services: harness.services(),
        runnerId: session.runnerId,
        reports: [session.spool(status())],
      });
    await online();
    const { phoneSeenAt } = await shown(session);
    expect(phoneSeenAt).not.toBeNull();
    await daysPass(session, 3);
    await online();
    expect(Date.parse((await shown(session)).phoneSeenAt ?? '')).toBe(
      Date.parse(phoneSeenAt ?? '') - 3 * DAY,
    );
  });
});
