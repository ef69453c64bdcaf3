import { WHATSAPP_LIMITS_EXAMPLE } from '../../../shared/catalogue/whatsapp-limits.ts';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { personOf } from '../../../shared/catalogue/person.ts';
import { EVENT_TYPES, EVENTS, type EventType } from '../../../shared/catalogue/events/index.ts';
import {
  RELAYED_EVENTS,
  RelayedEvent,
  type RelayedType,
} from '../../../shared/catalogue/events/relayed.ts';
import type { Report } from '../../../shared/protocol/index.ts';
import { parseExactEvent } from '../../../shared/testing/exact-event.ts';
import { runCron } from '../../jobs/cron.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { noteOldCopy } from '../credentials/note-old-copy.ts';
import { testWebhook } from '../webhooks/test-webhook.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import {
  ack,
  newEndpoint,
  newOutbound,
  newOwnedSession,
  type OwnedSession,
  received,
  REFERENCE,
  settled,
  status,
} from '../reports/testing/report-fixtures.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const about = { wireId: '3A00', chatId: '15550100002@c.us', timestamp: Date.UTC(2026, 10, 20) };
const from = personOf({ id: '15550100002@c.us' });
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

const report = async (session: OwnedSession, ...reports: Report[]): Promise<void> => {
  await ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: reports.map((each) => session.spool(each)),
  });
};
const acked = (level: number) => async (session: OwnedSession) => {
  const id = await newOutbound(harness, session);
  await report(session, settled(id, { wireId: '3EB000' }), ack('3EB000', level));
};

/** Reported twice, and written once. */
const relays =
  <Type extends RelayedType>(type: Type) =>
  async (session: OwnedSession) => {
    const event = RelayedEvent.parse({ type, data: RELAYED_EVENTS[type].example });
    const { timestamp } = about;
    const once: Report = { kind: 'relayed', key: '3A00', event, timestamp };
    await report(session, once, once);
  };

/** How each event comes about. A row of the catalogue that nothing writes does not compile. */
const WRITERS: Readonly<Record<EventType, (session: OwnedSession) => Promise<unknown>>> = {
  'message.echo': (session) => report(session, received('3A02', { writtenOn: 'phone' })),
  'message.received': (session) =>
    report(
      session,
      received('3A00', { location: { latitude: 1, longitude: 2, name: null, address: null } }),
    ),
  'message.media': async (session) => {
    const media = {
      mimetype: 'image/png',
      filename: null,
      sizeBytes: 3,
      mediaId: null,
      error: null,
    };
    const file = { wireId: '3A03', wireKey: 'k', chatId: about.chatId, timestamp: 1 };
    const failed = { ...media, error: 'gone' };
    await report(session, received('3A03', { media }), {
      kind: 'message.media',
      ...file,
      media: failed,
    });
  },
  'message.sent': async (session) => report(session, settled(await newOutbound(harness, session))),
  'message.delivered': acked(2),
  'message.read': acked(3),
  'message.played': acked(4),
  'message.failed': async (session) =>
    report(session, settled(await newOutbound(harness, session), { outcome: 'failed' })),
  'message.unknown': async (session) =>
    report(session, settled(await newOutbound(harness, session), { outcome: 'unknown' })),
  'message.stalled': async (session) => {
    await newOutbound(harness, session, { status: 'sent', sentAt: daysAgo(1) });
    await runCron(harness.services());
  },
  'message.reaction': async (session) => {
    await newOutbound(harness, session, { status: 'sent', wireId: about.wireId });
    await report(session, { kind: 'message.reaction', ...about, from, fromMe: false, emoji: '👍' });
  },
  'message.poll_vote': async (session) => {
    await newOutbound(harness, session, { status: 'sent', wireId: about.wireId });
    await report(session, { kind: 'message.poll_vote', ...about, from, options: ['yes'] });
  },
  'message.edited': async (session) => {
    await newOutbound(harness, session, { status: 'sent', wireId: about.wireId });
    await report(session, { kind: 'message.edited', ...about, fromMe: true, text: 'Hi' });
  },
  'message.revoked': async (session) => {
    await newOutbound(harness, session, { status: 'sent', wireId: about.wireId });
    await report(session, { kind: 'message.revoked', ...about, fromMe: true });
  },
  'call.received': relays('call.received'),
  'group.members': relays('group.members'),
  'group.updated': relays('group.updated'),
  'group.join_request': relays('group.join_request'),
  'presence.update': relays('presence.update'),
  'label.updated': relays('label.updated'),
  'label.chat': relays('label.chat'),
  'session.status': (session) =>
    report(
      session,
      status({ status: 'action_required', action: 'number_changed', phoneNumber: '15550100009' }),
    ),
  'session.qr': (session) =>
    report(session, { kind: 'session.qr', qr: '2@code', expiresAt: Date.now() + 60_000 }),
  'session.pairing_code': (session) =>
    report(session, { kind: 'session.pairing_code', code: 'ABCD1234', expiresAt: Date.now() }),
  'session.limits': async (session) => {
    const limits = WHATSAPP_LIMITS_EXAMPLE;
    const first = { kind: 'session.limits', limits: { newChats: null, timeLock: null } } as const;
    await report(
      session,
      first,
      { kind: 'session.limits', limits },
      // What WhatsApp did not answer is as it was.
      { kind: 'session.limits', limits: { timeLock: limits.timeLock } },
    );
  },
  'session.phone_unseen': async (session) => {
    const { sessions } = harness.schema;
    await harness.db
      .update(sessions)
      .set({ phoneSeenAt: daysAgo(13) })
      .where(eq(sessions.id, session.sessionId));
    await runCron(harness.services());
  },
  'session.restored_old_copy': async ({ sessionId, workspaceId }) => {
    const { sessionCredentials, sessionLeases } = harness.schema;
    await harness.db.insert(sessionCredentials).values({
      objectKey: `${workspaceId}/credentials/${sessionId}/1`,
      sessionId,
      workspaceId,
      version: 1,
      baseVersion: 0,
      epoch: 1,
      status: 'current',
      format: 'chromium-profile',
      seal: 1,
      sizeBytes: 1,
      wrappedKey: 'w',
      masterKeyVersion: 'v1',
    });
    await harness.db
      .update(sessionLeases)
      .set({ startedEpoch: 1 })
      .where(eq(sessionLeases.sessionId, sessionId));
    const given = { sessionId, workspaceId, epoch: 2, version: 1 };
    await noteOldCopy(harness.services(), given);
    await noteOldCopy(harness.services(), given);
  },
  'webhook.test': async (session) =>
    testWebhook({
      ctx: session.ctx,
      input: { id: await newEndpoint(harness, session), type: null },
    }),
  'webhook.disabled': async (session) => {
    const disabled = { isActive: false, disabledAt: new Date(), unannounced: true };
    await newEndpoint(harness, session, { ...disabled, disabledReason: 'gone' });
    await runCron(harness.services());
    await runCron(harness.services());
  },
};

/** Of an event about a message of ours: the caller's reference. */
const carried = (type: EventType) =>
  'reference' in EVENTS[type].data.shape ? { data: { reference: REFERENCE } } : {};

describe.each(EVENT_TYPES)('%s', (type) => {
  it('is written as its row of the catalogue says', async () => {
    const session = await newOwnedSession(harness);
    await WRITERS[type](session);
    const { data } = await harness.call('GET', `/v1/events?types=${type}`, { key: session.apiKey });
    const events = z.array(z.unknown()).parse(data).map(parseExactEvent);
    expect(events).toMatchObject([{ type, ...carried(type) }]);
  });
});
