import { describe, expect, test } from 'vitest';
import {
  EVENT_TYPES,
  EVENTS,
  type EventType,
  type PublicEvent,
  sampleEvent,
} from '../../../shared/catalogue/events/index.ts';
import { VERSION } from '../../../shared/version.ts';
import type { AboutMessage } from './event.ts';
import { partsOf, readWahaEvents, typesOf, WAHA_EVENTS } from './event-names.ts';
import { wahaFrame, wahaFrames, wahaHeaders } from './webhook.ts';

const SESSION = {
  name: 'default',
  phoneNumber: '15550100009',
  displayName: 'Support',
  metadata: { 'user.id': '123' },
};
const ME = '15550100009@c.us';
const ADA = '15550100001@c.us';
const GROUP = '120363012345678901@g.us';
const ABOUT: AboutMessage = {
  direction: 'outbound',
  chatId: ADA,
  fromId: null,
  fromLid: null,
  wireId: '3EB0C431C26A1916E07A5D',
  quotedWireId: null,
  writtenOn: null,
  at: '2026-11-21T10:41:00.000Z',
  content: { text: 'Hello' },
};
const LABEL = { id: '1', name: 'New customer', color: null, colorHex: '#ff9485' };
const SENT_ID = `true_${ADA}_3EB0C431C26A1916E07A5D`;
const SECONDS = Date.parse('2026-11-21T10:41:58.000Z') / 1_000;

/** A sample of the type, with other facts. */
const sample = (type: EventType, data: object = {}): PublicEvent => {
  const event = sampleEvent(type);
  return { ...event, data: { ...event.data, ...data } } as PublicEvent;
};

test('the example of WAHA’s documentation is signed as it says', async () => {
  const headers = await wahaHeaders({
    requestId: 'one',
    timestamp: 1_795_255_200_000,
    body: '{"event":"message","session":"default","engine":"WEBJS"}',
    key: 'my-secret-key',
  });
  expect(headers).toEqual({
    'x-webhook-request-id': 'one',
    'x-webhook-timestamp': '1795255200000',
    'x-webhook-hmac':
      '208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89',
    'x-webhook-hmac-algorithm': 'sha512',
  });
  expect(await wahaHeaders({ requestId: 'x', timestamp: 0, body: '{}', key: null })).toEqual({
    'x-webhook-request-id': 'x',
    'x-webhook-timestamp': '0',
  });
});

test('an event is in its envelope', () => {
  const event = sample('message.received');
  expect(wahaFrame(event, { session: SESSION, about: null }, ['message'])).toEqual({
    id: event.id,
    timestamp: Date.parse(event.timestamp),
    event: 'message',
    session: 'default',
    metadata: SESSION.metadata,
    me: { id: ME, pushName: 'Support' },
    payload: {
      id: `false_${ADA}_3A5F0C431C26A1916E07`,
      timestamp: SECONDS,
      from: ADA,
      fromMe: false,
      source: 'app',
      to: ME,
      participant: null,
      body: 'Hi',
      hasMedia: false,
      media: null,
      ack: 2,
      ackName: 'DEVICE',
      vCards: [],
      replyTo: null,
      _data: {
        id: {
          fromMe: false,
          remote: ADA,
          id: '3A5F0C431C26A1916E07',
          _serialized: `false_${ADA}_3A5F0C431C26A1916E07`,
        },
        notifyName: 'Ada',
        lid: '90000000001@lid',
      },
    },
    engine: 'WEBJS',
    environment: { version: `waypost-${VERSION}`, engine: 'WEBJS', tier: 'PLUS', browser: null },
  });
});

const MEDIA = EVENTS['message.media'].example.media;
const SHOWN_MEDIA = { url: MEDIA.link?.url, mimetype: 'image/jpeg', filename: null, error: null };

describe('what is reported', () => {
  test.each<[EventType, object, AboutMessage | null, Record<string, object>]>([
    [
      'message.received',
      { chatId: GROUP, isGroup: true },
      null,
      {
        message: {
          id: `false_${GROUP}_3A5F0C431C26A1916E07_${ADA}`,
          from: GROUP,
          participant: ADA,
        },
        'message.any': { from: GROUP },
      },
    ],
    ['message.received', { media: { ...MEDIA, status: 'pending' } }, null, {}],
    [
      'message.received',
      { media: MEDIA },
      null,
      { message: { hasMedia: true, media: SHOWN_MEDIA }, 'message.any': { hasMedia: true } },
    ],
    [
      'message.echo',
      {},
      null,
      { 'message.any': { fromMe: true, from: ME, to: ADA, source: 'app' } },
    ],
    [
      'message.media',
      {},
      { ...ABOUT, direction: 'inbound', fromId: ADA, content: { text: 'Look', fromName: 'Ada' } },
      {
        message: { fromMe: false, body: 'Look', hasMedia: true, media: SHOWN_MEDIA },
        'message.any': { body: 'Look' },
      },
    ],
    [
      'message.sent',
      {},
      ABOUT,
      {
        'message.any': { id: SENT_ID, body: 'Hello', source: 'api', fromMe: true },
        'message.ack': { id: SENT_ID, ack: 1, ackName: 'SERVER', fromMe: true, to: ADA },
      },
    ],
    ['message.read', {}, null, { 'message.ack': { id: SENT_ID, ack: 3, ackName: 'READ' } }],
    ['message.failed', {}, null, { 'message.ack': { ack: -1, ackName: 'ERROR' } }],
    [
      'message.reaction',
      {},
      ABOUT,
      {
        'message.reaction': {
          from: ADA,
          fromMe: false,
          reaction: { text: '👍', messageId: SENT_ID },
        },
      },
    ],
    [
      'message.edited',
      {},
      null,
      { 'message.edited': { body: 'Hi there', editedMessageId: '3EB0C431C26A1916E07A5D' } },
    ],
    [
      'message.revoked',
      {},
      ABOUT,
      {
        'message.revoked': {
          revokedMessageId: '3EB0C431C26A1916E07A5D',
          before: expect.objectContaining({ id: SENT_ID, body: 'Hello' }),
          after: expect.objectContaining({ id: SENT_ID, body: '' }),
        },
      },
    ],
    [
      'message.poll_vote',
      {},
      ABOUT,
      {
        'poll.vote': {
          vote: expect.objectContaining({ from: ADA, fromMe: false, selectedOptions: ['Pizza'] }),
          poll: expect.objectContaining({ id: SENT_ID, fromMe: true }),
        },
      },
    ],
    [
      'session.status',
      { status: 'online', action: undefined },
      null,
      { 'session.status': { name: 'default', status: 'WORKING' } },
    ],
    [
      'session.status',
      { action: { action: 'passkey_required', advice: '' } },
      null,
      { 'session.status': { status: 'PASSKEY_REQUIRED' } },
    ],
    [
      'group.members',
      { change: 'promoted' },
      null,
      {
        'group.v2.participants': {
          type: 'promote',
          timestamp: SECONDS,
          group: { id: GROUP },
          participants: [{ id: ADA, role: 'admin' }],
        },
      },
    ],
    [
      'group.members',
      { change: 'removed', members: [{ id: ME }] },
      null,
      { 'group.v2.leave': { group: { id: GROUP } } },
    ],
    [
      'group.updated',
      {},
      null,
      { 'group.v2.update': { group: { id: GROUP, subject: 'Book club' } } },
    ],
    ['group.updated', { change: 'created' }, null, { 'group.v2.join': { timestamp: SECONDS } }],
    [
      'presence.update',
      {},
      null,
      {
        'presence.update': {
          id: ADA,
          presences: [{ participant: ADA, lastKnownPresence: 'typing', lastSeen: null }],
        },
      },
    ],
    ['label.updated', {}, null, { 'label.upsert': LABEL }],
    ['label.updated', { deleted: true }, null, { 'label.deleted': { id: '1' } }],
    ['label.chat', {}, null, { 'label.chat.added': { labelId: '1', label: LABEL, chatId: ADA } }],
    ['label.chat', { added: false }, null, { 'label.chat.deleted': { labelId: '1' } }],
    [
      'call.received',
      { rejected: true },
      null,
      {
        'call.received': { id: '0D1F6C9A2B7E4853', from: ADA, isVideo: false, isGroup: false },
        'call.rejected': { id: '0D1F6C9A2B7E4853' },
      },
    ],
  ])('of %s with %j', (type, data, about, wanted) => {
    const context = { session: SESSION, about };
    const event = sample(type, data);
    for (const [name, payload] of Object.entries(wanted))
      expect(wahaFrame(event, context, [name])).toMatchObject({ event: name, payload });
    const others = WAHA_EVENTS.filter((name) => !(name in wanted));
    expect(wahaFrame(event, context, others)).toBeNull();
  });

  test.each(EVENT_TYPES)('of %s is asked for by the names that it is reported under', (type) => {
    const context = { session: SESSION, about: ABOUT };
    const reported = WAHA_EVENTS.filter(
      (name) => wahaFrame(sampleEvent(type), context, [name]) !== null,
    );
    expect(reported.filter((name) => !typesOf([name]).includes(type))).toEqual([]);
  });
});

test.each([
  ...EVENT_TYPES.map((type) => sampleEvent(type)),
  sample('call.received', { rejected: true }),
])(
  'each report of $type is one request to one part of a webhook, with an id of its own',
  (event) => {
    const context = { session: SESSION, about: ABOUT };
    const all = wahaFrames(event, context, WAHA_EVENTS);
    const byPart = partsOf(WAHA_EVENTS).map((part) => wahaFrame(event, context, part.events));
    expect(new Set(byPart.filter((frame) => frame !== null))).toEqual(new Set(all));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  },
);

test('what there is not is named', () => {
  expect(readWahaEvents(['message', 'chat.archive', 'message'])).toEqual({
    events: ['message'],
    unknown: ['chat.archive'],
  });
  expect(readWahaEvents(['*', 'nothing'])).toEqual({ events: WAHA_EVENTS, unknown: [] });
});
