import {
  type EventData,
  type EventType,
  eventTypeOf,
  type PublicEvent,
} from '../../../shared/catalogue/events/index.ts';
import type { MessageStatus } from '../../../shared/message-status.ts';
import { groupUpdated, membersChanged } from './group-event.ts';
import { ownChat, secondsOf, writeWahaId } from './ids.ts';
import { LABEL_MAKERS } from './label-event.ts';
import { ackOf, type MessageFacts, wahaMessage, type WahaMedia } from './message.ts';
import { wahaState } from './states.ts';

/** The message that an event is about, as its row has it. */
export type AboutMessage = {
  direction: 'inbound' | 'outbound';
  chatId: string;
  fromId: string | null;
  fromLid: string | null;
  wireId: string | null;
  quotedWireId: string | null;
  /** Where it was written, if not through us. */
  writtenOn: string | null;
  /** ISO 8601. */
  at: string;
  content: { text?: unknown; caption?: unknown; fromName?: unknown } | null;
};

/** Of the session that an event is of. */
export type WahaSessionFacts = {
  name: string;
  phoneNumber: string | null;
  displayName: string | null;
  metadata: Record<string, string> | null;
};

type Context = { session: WahaSessionFacts; about: AboutMessage | null };

/** One event of WAHA: its name, and what it says. */
export type WahaEvent = readonly [name: string, payload: object];

const ownId = ({ session }: Context) => ownChat(session.phoneNumber);
const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : null);

type At = Pick<PublicEvent, 'id' | 'timestamp'>;
type Maker<Type extends EventType> = (
  data: EventData<Type>,
  context: Context,
  at: At,
) => readonly WahaEvent[];

type Said = EventData<'message.received'> | EventData<'message.echo'>;

const mediaOf = (media: Said['media']): WahaMedia | null =>
  media === null
    ? null
    : {
        url: media.link?.url ?? media.url,
        mimetype: media.mimetype,
        filename: media.filename,
        error: media.error,
      };

const saidIn = (data: Said, { session }: Context) => ({
  wireId: data.wireId,
  chatId: data.chatId,
  phoneNumber: session.phoneNumber,
  at: data.sentAt,
  text: data.text,
  media: mediaOf(data.media),
  location: data.location,
  vcards: data.vcards,
  quotedWireId: data.quotedWireId,
});

/** A message with a file is reported once the file is there, as WAHA does. */
const isAwaited = ({ media }: Said): boolean => media?.status === 'pending';

function received(data: EventData<'message.received'>, context: Context): WahaEvent[] {
  if (isAwaited(data)) return [];
  const message = wahaMessage({
    ...saidIn(data, context),
    fromMe: false,
    sender: data.from,
    status: 'delivered',
    source: 'app',
  });
  return [
    ['message', message],
    ['message.any', message],
  ];
}

function echo(data: EventData<'message.echo'>, context: Context): WahaEvent[] {
  if (isAwaited(data)) return [];
  const facts = { fromMe: true, sender: null, status: 'sent', source: 'app' } as const;
  return [['message.any', wahaMessage({ ...saidIn(data, context), ...facts })]];
}

/** A message by its row. */
function recorded(
  about: AboutMessage,
  { session }: Context,
  more: { wireId: string; media: WahaMedia | null; status: MessageStatus },
) {
  const fromMe = about.direction === 'outbound';
  const { content, fromId } = about;
  const facts: MessageFacts = {
    ...more,
    chatId: about.chatId,
    fromMe,
    phoneNumber: session.phoneNumber,
    sender:
      fromId === null || fromMe
        ? null
        : { id: fromId, lid: about.fromLid, name: textIn(content?.fromName) },
    at: about.at,
    text: textIn(content?.text) ?? textIn(content?.caption),
    source: fromMe && about.writtenOn === null ? 'api' : 'app',
    quotedWireId: about.quotedWireId,
  };
  return wahaMessage(facts);
}

function withFile({ wireId, media }: EventData<'message.media'>, context: Context): WahaEvent[] {
  const { about } = context;
  if (about === null) return [];
  const status = about.direction === 'inbound' ? 'delivered' : 'sent';
  const message = recorded(about, context, { wireId, media: mediaOf(media), status });
  const any: WahaEvent = ['message.any', message];
  return about.direction === 'inbound' ? [['message', message], any] : [any];
}

function sent({ wireId }: EventData<'message.sent'>, context: Context): WahaEvent[] {
  const { about } = context;
  if (about === null) return [];
  const more = { wireId, media: null, status: 'sent' } as const;
  return [['message.any', recorded(about, context, more)]];
}

type Outbound = { messageId: string; chatId: string; wireId: string | null };

function ack(data: Outbound, reached: MessageStatus, context: Context): WahaEvent {
  const { chatId, wireId, messageId } = data;
  const payload = {
    id: writeWahaId({ fromMe: true, chatId, wireId: wireId ?? messageId }),
    from: ownId(context),
    to: chatId,
    participant: null,
    fromMe: true,
    ...ackOf(reached),
  };
  return ['message.ack', payload];
}

/** WAHA's id of the message that an event is about. Of one that is not known here, it is somebody else's. */
function idOfAbout({ chatId, wireId }: { chatId: string; wireId: string }, { about }: Context) {
  const fromMe = about?.direction === 'outbound';
  const participant = chatId.endsWith('@g.us') && !fromMe ? (about?.fromId ?? null) : null;
  return writeWahaId({ fromMe, chatId, wireId, participant });
}

/** From whom something in a chat is: the chat, and in a group who it was. */
const whose = (
  { chatId, fromMe, by }: { chatId: string; fromMe: boolean; by: string | null },
  context: Context,
) => ({
  from: fromMe ? ownId(context) : chatId,
  to: fromMe ? chatId : ownId(context),
  fromMe,
  participant: chatId.endsWith('@g.us') && !fromMe ? by : null,
});

function reaction(
  data: EventData<'message.reaction'>,
  context: Context,
  { id, timestamp }: At,
): WahaEvent[] {
  const { chatId, fromMe, from, emoji } = data;
  const payload = {
    id: writeWahaId({ fromMe, chatId, wireId: id.slice(4).toUpperCase() }),
    timestamp: secondsOf(timestamp),
    ...whose({ chatId, fromMe, by: from.id }, context),
    reaction: { text: emoji ?? '', messageId: idOfAbout(data, context) },
  };
  return [['message.reaction', payload]];
}

/** A message that was changed, as far as the event knows it. */
function changed(
  { chatId, wireId, fromMe }: EventData<'message.edited'> | EventData<'message.revoked'>,
  context: Context,
  { timestamp }: At,
) {
  const by = context.about?.fromId ?? null;
  const participant = chatId.endsWith('@g.us') && !fromMe ? by : null;
  return {
    id: writeWahaId({ fromMe, chatId, wireId, participant }),
    timestamp: secondsOf(timestamp),
    ...whose({ chatId, fromMe, by }, context),
    hasMedia: false,
  };
}

const edited: Maker<'message.edited'> = (data, context, at) => {
  const now = { ...changed(data, context, at), body: data.text ?? '' };
  return [['message.edited', { ...now, editedMessageId: data.wireId }]];
};

const revoked: Maker<'message.revoked'> = (data, context, at) => {
  const { wireId } = data;
  const more = { wireId, media: null, status: 'sent' } as const;
  const before = context.about === null ? null : recorded(context.about, context, more);
  const after = { ...changed(data, context, at), body: '' };
  return [['message.revoked', { after, before, revokedMessageId: wireId }]];
};

function vote(
  data: EventData<'message.poll_vote'>,
  context: Context,
  { id, timestamp }: At,
): WahaEvent[] {
  const { chatId, from, options } = data;
  const isMine = context.about?.direction === 'outbound';
  const byMe = from.id === ownId(context);
  const payload = {
    vote: {
      id: writeWahaId({ fromMe: byMe, chatId, wireId: id.slice(4).toUpperCase() }),
      ...whose({ chatId, fromMe: byMe, by: from.id }, context),
      selectedOptions: options,
      timestamp: secondsOf(timestamp),
    },
    poll: {
      id: idOfAbout(data, context),
      ...whose({ chatId, fromMe: isMine, by: context.about?.fromId ?? null }, context),
    },
  };
  return [['poll.vote', payload]];
}

const status: Maker<'session.status'> = ({ status: now, action }, { session }, at) => {
  const state = wahaState(now, action?.action ?? null);
  const statuses = [{ status: state, timestamp: Date.parse(at.timestamp) }];
  return [['session.status', { name: session.name, status: state, statuses }]];
};

const presence: Maker<'presence.update'> = ({ from, online, lastSeenAt, doing }) => {
  const shown = {
    participant: from.id,
    lastKnownPresence: doing ?? (online ? 'online' : 'offline'),
    lastSeen: lastSeenAt === null ? null : secondsOf(lastSeenAt),
  };
  return [['presence.update', { id: from.id, presences: [shown] }]];
};

const call: Maker<'call.received'> = (data, _context, at) => {
  const { callId: id, from, isVideo, isGroup, rejected } = data;
  const payload = { id, from: from.id, timestamp: secondsOf(at.timestamp), isVideo, isGroup };
  const reported: WahaEvent = ['call.received', payload];
  return rejected ? [reported, ['call.rejected', payload]] : [reported];
};

const reached =
  (level: MessageStatus) =>
  (data: Outbound, context: Context): WahaEvent[] => [ack(data, level, context)];

const MAKERS: { readonly [Type in EventType]?: Maker<Type> } = {
  'message.received': received,
  'message.echo': echo,
  'message.media': withFile,
  'message.sent': (data, context) => [...sent(data, context), ack(data, 'sent', context)],
  'message.delivered': reached('delivered'),
  'message.read': reached('read'),
  'message.played': reached('played'),
  'message.failed': reached('failed'),
  'message.reaction': reaction,
  'message.edited': edited,
  'message.revoked': revoked,
  'message.poll_vote': vote,
  'session.status': status,
  'group.members': (data, context, { timestamp }) =>
    membersChanged(data, { timestamp, me: ownId(context) }),
  'group.updated': (data, _context, { timestamp }) => [groupUpdated(data, timestamp)],
  'presence.update': presence,
  'call.received': call,
  ...LABEL_MAKERS,
};

/**
 * What WAHA would report of an event of ours: none, one, or several under names of their own. Pure.
 * @param context the session that it is of, and the message that it is about
 */
export function wahaEvents(event: PublicEvent, context: Context): readonly WahaEvent[] {
  const type = eventTypeOf(event.type);
  if (type === undefined) return [];
  const make: ((data: never, ...more: [Context, At]) => readonly WahaEvent[]) | undefined =
    MAKERS[type];
  // An event has the data of its own type.
  return make?.(event.data as never, context, event) ?? [];
}
