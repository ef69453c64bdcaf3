import { describe, expect, test } from 'vitest';
import {
  EVENT_TYPES,
  type EventData,
  type EventType,
  type PublicEvent,
  sampleEvent,
} from '../../../shared/catalogue/events/index.ts';
import type { AboutMessage } from './event.ts';
import { evolutionEvents } from './event.ts';
import { chosenName, EVOLUTION_EVENTS, partsOf, readEvolutionEvents } from './event-names.ts';
import { addressOf, evolutionFrame } from './webhook.ts';

const SESSION = { name: 'support', phoneNumber: '15550100009', displayName: 'Support' };
const ABOUT: AboutMessage = {
  direction: 'outbound',
  type: 'text',
  chatId: '15550100001@c.us',
  fromId: null,
  fromLid: null,
  quotedWireId: null,
  at: '2026-11-21T10:41:58.000Z',
  content: { text: 'Hello' },
  isFirst: false,
};
const JID = '15550100001@s.whatsapp.net';
const WIRE_ID = '3EB0C431C26A1916E07A5D';

/** A sample of the type, with other facts. */
const sample = (type: EventType, data: object = {}): PublicEvent => {
  const event = sampleEvent(type);
  return { ...event, data: { ...event.data, ...data } } as PublicEvent;
};

const reported = (event: PublicEvent, about: AboutMessage | null = ABOUT) =>
  Object.fromEntries(evolutionEvents(event, { session: SESSION, about }));

describe('what is reported', () => {
  test.each<[EventType, Record<string, unknown>]>([
    [
      'message.received',
      {
        'messages.upsert': {
          key: { remoteJid: JID, remoteJidAlt: JID, fromMe: false },
          message: { conversation: 'Hi' },
          messageType: 'conversation',
        },
        'contacts.update': [{ remoteJid: JID, profilePicUrl: null }],
        'chats.update': [{ id: JID, remoteJid: JID }],
      },
    ],
    [
      'message.echo',
      {
        'messages.upsert': { key: { remoteJid: JID, fromMe: true } },
        'chats.update': [{ id: JID }],
      },
    ],
    [
      'message.sent',
      {
        'messages.update': { keyId: WIRE_ID, remoteJid: JID, fromMe: true, status: 'SERVER_ACK' },
        'send.message': { key: { id: WIRE_ID, fromMe: true }, message: { conversation: 'Hello' } },
      },
    ],
    ['message.delivered', { 'messages.update': { status: 'DELIVERY_ACK' } }],
    ['message.read', { 'messages.update': { status: 'READ' } }],
    ['message.played', { 'messages.update': { status: 'PLAYED' } }],
    ['message.failed', { 'messages.update': { keyId: null, status: 'ERROR' } }],
    [
      'message.poll_vote',
      { 'messages.update': { pollUpdates: [{ name: 'Pizza', voters: [JID] }], participant: JID } },
    ],
    [
      'message.reaction',
      {
        'messages.upsert': {
          messageType: 'reactionMessage',
          message: { reactionMessage: { text: '👍', key: { id: WIRE_ID, fromMe: true } } },
        },
      },
    ],
    ['message.edited', { 'messages.edited': { editedMessage: { conversation: 'Hi there' } } }],
    ['message.revoked', { 'messages.delete': { id: WIRE_ID, status: 'DELETED' } }],
    ['session.status', { 'connection.update': { instance: 'support', state: 'connecting' } }],
    ['session.qr', { 'qrcode.updated': { qrcode: { instance: 'support', pairingCode: null } } }],
    ['session.pairing_code', { 'qrcode.updated': { qrcode: { pairingCode: 'ABCD1234' } } }],
    ['group.members', { 'group-participants.update': { action: 'add', participants: [JID] } }],
    ['group.updated', { 'groups.update': [{ subject: 'Book club' }] }],
    ['presence.update', { 'presence.update': { presences: { [JID]: expect.anything() } } }],
    ['call.received', { call: { from: JID, status: 'offer', isVideo: false } }],
  ])('of %s', (type, events) => {
    const found = reported(sample(type));
    expect(Object.keys(found).toSorted()).toEqual(Object.keys(events).toSorted());
    expect(found).toMatchObject(events);
  });

  test('the first message of a chat makes it, and whom it is with', () => {
    const found = reported(sample('message.received'), { ...ABOUT, isFirst: true });
    expect(Object.keys(found)).toEqual(['messages.upsert', 'contacts.upsert', 'chats.upsert']);
  });

  test('a file is awaited, and its message is then what its row says', () => {
    const media = sampleEvent('message.media').data;
    const { media: file } = media as EventData<'message.media'>;
    const waiting = reported(
      sample('message.received', { type: 'image', media: { ...file, status: 'pending' } }),
    );
    expect(Object.keys(waiting)).toEqual(['contacts.update', 'chats.update']);
    const about = { ...ABOUT, direction: 'inbound' as const, type: 'image', content: {} };
    expect(reported(sample('message.media'), about)).toMatchObject({
      'messages.upsert': {
        messageType: 'imageMessage',
        message: { imageMessage: { mimetype: 'image/jpeg' }, mediaUrl: file.link?.url },
      },
    });
  });

  test('of a group, who wrote it, under both of the ids', () => {
    const group = '120363012345678901@g.us';
    const from = { id: '15550100001@c.us', lid: '1@lid', phone: null, username: null, name: 'Ada' };
    expect(reported(sample('message.received', { chatId: group, from }))).toMatchObject({
      'messages.upsert': {
        key: { remoteJid: group, participant: JID, participantAlt: JID, lid: '1@lid' },
        pushName: 'Ada',
      },
    });
  });
});

test.each(EVENT_TYPES)('each report of %s is one request to one part of a webhook', (type) => {
  const event = sampleEvent(type);
  const all = evolutionEvents(event, { session: SESSION, about: ABOUT }).map(([name]) => name);
  const byPart = partsOf(EVOLUTION_EVENTS).map(({ events }) =>
    all.filter((name) => events.includes(name)),
  );
  for (const names of byPart) expect(names.length).toBeLessThanOrEqual(1);
  expect(byPart.flat().toSorted()).toEqual(all.toSorted());
});

test('an event is in its envelope, without anybody’s key', () => {
  const to = { wanted: ['call'], url: 'https://hook.test/', baseUrl: 'https://waypost.test/' };
  const frame = evolutionFrame(sample('call.received'), { session: SESSION, about: null }, to);
  expect(frame).toEqual({
    event: 'call',
    instance: 'support',
    data: expect.any(Object),
    destination: 'https://hook.test/',
    date_time: expect.any(String),
    sender: '15550100009@s.whatsapp.net',
    server_url: 'https://waypost.test/compat/evolution',
    apikey: null,
  });
});

test.each([
  ['https://hook.test', 'https://hook.test/messages-upsert'],
  ['https://hook.test/in/?token=1', 'https://hook.test/in/messages-upsert?token=1'],
])('below %s each event has an address of its own', (url, address) => {
  expect(addressOf(url, 'messages.upsert', true)).toBe(address);
  expect(addressOf(url, 'messages.upsert', false)).toBe(url);
});

test('events are chosen in either spelling, and what there is not is named', () => {
  expect(
    readEvolutionEvents(['MESSAGES_UPSERT', 'groups.update', 'GROUP_UPDATE', 'LABELS_EDIT']),
  ).toEqual({ events: ['messages.upsert', 'groups.update'], unknown: ['LABELS_EDIT'] });
  expect(readEvolutionEvents(EVOLUTION_EVENTS.map((name) => chosenName(name))).events).toEqual(
    EVOLUTION_EVENTS,
  );
});
