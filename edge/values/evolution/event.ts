import {
  type EventData,
  type EventType,
  eventTypeOf,
  type PublicEvent,
} from '../../../shared/catalogue/events/index.ts';
import type { EvolutionEventName } from './event-names.ts';
import { groupUpdated, membersChanged } from './group-event.ts';
import { jidOf, ownJid } from './jids.ts';
import { evolutionMessage, type Said } from './message.ts';
import { saidOf } from './said.ts';
import { evolutionState, evolutionStatus } from './states.ts';

/** The message that an event is about, as its row has it. */
export type AboutMessage = {
  direction: 'inbound' | 'outbound';
  /** Our kind of it. */
  type: string;
  chatId: string;
  fromId: string | null;
  fromLid: string | null;
  quotedWireId: string | null;
  /** ISO 8601. */
  at: string;
  content: Record<string, unknown> | null;
  /** No earlier message is known in its chat. */
  isFirst: boolean;
};

/** Of the session that an event is of. */
export type EvolutionSessionFacts = {
  name: string;
  phoneNumber: string | null;
  displayName: string | null;
};

export type EvolutionContext = {
  session: EvolutionSessionFacts;
  about: AboutMessage | null;
};

/** One event of Evolution: its name, and what it says. */
export type EvolutionEvent = readonly [name: EvolutionEventName, data: object];

type At = Pick<PublicEvent, 'id' | 'timestamp' | 'sessionId'>;
type Maker<Type extends EventType> = (
  data: EventData<Type>,
  context: EvolutionContext,
  at: At,
) => readonly EvolutionEvent[];
type Arrived = EventData<'message.received'> | EventData<'message.echo'>;

const instanceId = ({ sessionId }: At): string => sessionId ?? '';
const seconds = (iso: string): number => Math.floor(Date.parse(iso) / 1_000);
const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const fileIn = (media: Arrived['media']) =>
  media === null
    ? {}
    : {
        mimetype: media.mimetype,
        filename: media.filename,
        url: media.link?.url ?? media.url,
      };

const saidIn = (data: Arrived): Said => ({
  type: data.type,
  text: data.text,
  ...fileIn(data.media),
  location: data.location,
  vcards: data.vcards,
  poll: data.poll,
  quotedWireId: data.quotedWireId,
});

/** A message with a file is reported once the file is there; whom it is from, and in which chat, at once. */
function arrived(
  data: Arrived,
  sender: EventData<'message.received'>['from'] | null,
  { about }: EvolutionContext,
  at: At,
): EvolutionEvent[] {
  const { wireId, chatId, sentAt } = data;
  const isFirst = about?.isFirst === true;
  const known: EvolutionEvent[] = [
    ...(sender === null ? [] : [contact(sender, isFirst && !data.isGroup, at)]),
    chat(chatId, { isFirst, sentAt }, at),
  ];
  if (data.media?.status === 'pending') return known;
  const fromMe = sender === null;
  const message = evolutionMessage({
    wireId,
    chatId,
    fromMe,
    sender,
    at: sentAt,
    status: fromMe ? 'sent' : 'delivered',
    instanceId: instanceId(at),
    said: saidIn(data),
  });
  return [['messages.upsert', message], ...known];
}

const contact = (
  { id, name }: EventData<'message.received'>['from'],
  isFirst: boolean,
  at: At,
): EvolutionEvent => {
  const shown = { remoteJid: jidOf(id), pushName: name ?? '', profilePicUrl: null };
  const event = isFirst ? 'contacts.upsert' : 'contacts.update';
  return [event, [{ ...shown, instanceId: instanceId(at) }]];
};

const chat = (
  chatId: string,
  { isFirst, sentAt }: { isFirst: boolean; sentAt: string },
  at: At,
): EvolutionEvent => {
  const id = jidOf(chatId);
  const shown = { id, remoteJid: id, conversationTimestamp: seconds(sentAt) };
  return [isFirst ? 'chats.upsert' : 'chats.update', [{ ...shown, instanceId: instanceId(at) }]];
};

/** A message by its row. */
function recorded(about: AboutMessage, wireId: string, at: At, file: Partial<Said> = {}) {
  const fromMe = about.direction === 'outbound';
  const { content, fromId } = about;
  return evolutionMessage({
    wireId,
    chatId: about.chatId,
    fromMe,
    sender:
      fromId === null || fromMe
        ? null
        : { id: fromId, lid: about.fromLid, name: textIn(content?.['fromName']) },
    at: about.at,
    status: fromMe ? 'sent' : 'delivered',
    instanceId: instanceId(at),
    said: { ...saidOf(about.type, content ?? {}), quotedWireId: about.quotedWireId, ...file },
  });
}

type Outbound = Pick<EventData<'message.failed'>, 'messageId' | 'chatId' | 'wireId' | 'status'>;

const update = (
  { messageId, chatId, wireId }: Omit<Outbound, 'status'>,
  more: object,
  at: At,
  who: { fromMe: boolean; participant?: string | null } = { fromMe: true },
): EvolutionEvent => [
  'messages.update',
  {
    messageId,
    keyId: wireId,
    remoteJid: jidOf(chatId),
    fromMe: who.fromMe,
    participant: who.participant ?? null,
    ...more,
    instanceId: instanceId(at),
  },
];

const reached: Maker<'message.delivered' | 'message.read' | 'message.played' | 'message.failed'> = (
  data,
  _context,
  at,
) => [update(data, { status: evolutionStatus(data.status) }, at)];

const MAKERS: { [Type in EventType]?: Maker<Type> } = {
  'message.received': (data, context, at) => arrived(data, data.from, context, at),
  'message.echo': (data, context, at) => arrived(data, null, context, at),
  'message.media': ({ wireId, media }, { about }, at) =>
    about === null ? [] : [['messages.upsert', recorded(about, wireId, at, fileIn(media))]],
  'message.sent': (data, { about }, at) => [
    update(data, { status: 'SERVER_ACK' }, at),
    ...(about === null ? [] : [['send.message', recorded(about, data.wireId, at)] as const]),
  ],
  'message.delivered': reached,
  'message.read': reached,
  'message.played': reached,
  'message.failed': reached,
  'message.poll_vote': ({ messageId, wireId, chatId, from, options }, { about }, at) => {
    const voter = jidOf(from.id);
    const pollUpdates = options.map((name) => ({ name, voters: [voter] }));
    const who = { fromMe: about?.direction === 'outbound', participant: voter };
    const said = { messageId: messageId ?? '', chatId, wireId };
    return [update(said, { status: 'SERVER_ACK', pollUpdates }, at, who)];
  },
  'message.reaction': ({ chatId, wireId, from, fromMe, emoji }, { about }, at) => {
    const message = evolutionMessage({
      wireId: at.id,
      chatId,
      fromMe,
      sender: fromMe ? null : from,
      at: at.timestamp,
      status: 'delivered',
      instanceId: instanceId(at),
      said: { type: 'text' },
    });
    const key = { remoteJid: jidOf(chatId), fromMe: about?.direction === 'outbound', id: wireId };
    const reactionMessage = { key, text: emoji ?? '' };
    return [
      [
        'messages.upsert',
        { ...message, messageType: 'reactionMessage', message: { reactionMessage } },
      ],
    ];
  },
  'message.edited': ({ chatId, wireId, fromMe, text }, _context, at) => {
    const key = { remoteJid: jidOf(chatId), fromMe, id: wireId };
    const editedMessage = { conversation: text ?? '' };
    return [['messages.edited', { key, editedMessage, instanceId: instanceId(at) }]];
  },
  'message.revoked': ({ chatId, wireId, fromMe }, { about }) => {
    const author = fromMe || !chatId.endsWith('@g.us') ? null : (about?.fromId ?? null);
    const who = author === null ? {} : { participant: jidOf(author) };
    const key = { remoteJid: jidOf(chatId), fromMe, id: wireId, ...who };
    return [['messages.delete', { ...key, status: 'DELETED' }]];
  },
  'session.status': ({ status, phoneNumber, displayName }, { session }) => [
    [
      'connection.update',
      {
        instance: session.name,
        wuid: ownJid(phoneNumber),
        profileName: displayName,
        profilePictureUrl: null,
        state: evolutionState(status),
        statusReason: STATUS_REASONS[evolutionState(status)],
      },
    ],
  ],
  'session.pairing_code': ({ code: pairingCode }, { session }) => {
    const qrcode = { instance: session.name, pairingCode, code: null, base64: null };
    return pairingCode === null ? [] : [['qrcode.updated', { qrcode }]];
  },
  // The picture of it is drawn when the webhook is sent.
  'session.qr': ({ qr: code }, { session }) =>
    code === null
      ? []
      : [['qrcode.updated', { qrcode: { instance: session.name, pairingCode: null, code } }]],
  'group.members': (data) => [membersChanged(data)],
  'group.updated': (data) => [groupUpdated(data)],
  'presence.update': ({ from, online, lastSeenAt, doing }) => {
    const id = jidOf(from.id);
    const doingNow = doing === 'typing' ? 'composing' : doing;
    const shown = {
      lastKnownPresence: doingNow ?? (online ? 'available' : 'unavailable'),
      ...(lastSeenAt !== null && { lastSeen: seconds(lastSeenAt) }),
    };
    return [['presence.update', { id, presences: { [id]: shown } }]];
  },
  'call.received': ({ callId: id, from, isVideo, isGroup, rejected }, _context, { timestamp }) => [
    [
      'call',
      {
        id,
        from: jidOf(from.id),
        status: rejected ? 'reject' : 'offer',
        isVideo,
        isGroup,
        date: timestamp,
      },
    ],
  ],
};

/** As the number is shown with `open`, and with `close`; while it connects there is none. */
const STATUS_REASONS = { open: 200, connecting: null, close: 401 } as const;

/** What Evolution would report of an event of ours: none, one, or two under names of their own. Pure. */
export function evolutionEvents(
  event: PublicEvent,
  context: EvolutionContext,
): readonly EvolutionEvent[] {
  const type = eventTypeOf(event.type);
  if (type === undefined) return [];
  const make:
    | ((data: never, ...more: [EvolutionContext, At]) => readonly EvolutionEvent[])
    | undefined = MAKERS[type];
  // An event has the data of its own type.
  return make?.(event.data as never, context, event) ?? [];
}
