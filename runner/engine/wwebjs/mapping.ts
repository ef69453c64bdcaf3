import type { InboundType } from '../../../shared/catalogue/message-kinds.ts';
import type { FactReport } from '../../../shared/protocol/runner-reports.ts';
import type { Traffic } from '../../../shared/protocol/leases.ts';
import { locationOf, mediaOf, pollOf, textOf, vcardsOf, type Received } from './content.ts';
import { fields, idText, messageKey, number, text, type Fields } from './payload.ts';
import { isFromPhone } from './phone-watch.ts';
import { canonicalId, person, type People } from './people.ts';

const TYPES: Readonly<Record<string, InboundType>> = {
  chat: 'text',
  image: 'image',
  video: 'video',
  ptv: 'video',
  audio: 'audio',
  ptt: 'voice',
  document: 'document',
  sticker: 'sticker',
  location: 'location',
  vcard: 'contact',
  multi_vcard: 'contact',
  poll_creation: 'poll',
};

/** Notices of the app itself, which nobody sent. */
const NOTICES = new Set([
  'e2e_notification',
  'notification',
  'notification_template',
  'broadcast_notification',
  'gp2',
  'call_log',
  'protocol',
  'ciphertext',
  'revoked',
  'debug',
  'reaction',
]);

const STATUS_CHAT = 'status@broadcast';

const isStatusPost = (data: Fields, remote: string): boolean =>
  remote === STATUS_CHAT || data['isStatusV3'] === true;

/**
 * Whether a message, or what happened to one, is of a kind that the session takes in: chats always, statuses and channels
 * where wanted.
 */
export function isWanted(payload: unknown, traffic: Traffic): boolean {
  const data = fields(payload);
  const remote = messageKey(data['msgId'] ?? data['id'])?.remote ?? '';
  if (isStatusPost(data, remote)) return traffic.status;
  return traffic.channels || !remote.endsWith('@newsletter');
}

/** Whether a message is ciphertext that may become readable. What WhatsApp keeps from linked devices never does. */
export const isAwaited = (data: Fields): boolean =>
  data['type'] === 'ciphertext' && text(data['subtype'])?.endsWith('_unavailable_fanout') !== true;

/**
 * A message that somebody else sent, or that was written elsewhere in this account's name. Null for what is none: notices,
 * and what this page made itself. Whether we had the page of before make it is for the caller to know.
 */
export function receivedFact(
  payload: unknown,
  people: People,
  backfilled = false,
): Received | null {
  const data = fields(payload);
  const key = messageKey(data['id']);
  const type = text(data['type']) ?? 'unknown';
  if (key === null || NOTICES.has(type) || data['local'] === true) return null;

  const isStatus = isStatusPost(data, key.remote);
  const isGroup = key.remote.endsWith('@g.us');
  const author = idText(data['author']) ?? key.participant ?? idText(data['from']) ?? key.remote;
  return {
    kind: 'message.received',
    wireId: key.wireId,
    wireKey: key.wireKey,
    chatId: isStatus ? STATUS_CHAT : isGroup ? key.remote : canonicalId(key.remote, people),
    from: person(
      isGroup || isStatus || key.fromMe ? author : key.remote,
      people,
      text(data['notifyName']),
    ),
    isGroup,
    type: TYPES[type] ?? 'unknown',
    text: textOf(data, type),
    media: mediaOf(data),
    location: locationOf(data, type),
    vcards: vcardsOf(data, type),
    poll: pollOf(data, type),
    quotedWireId: text(data['quotedStanzaID']),
    mentions: idList(data['mentionedJidList']).map((id) => person(id, people)),
    timestamp: milliseconds(data['t']),
    backfilled,
    writtenOn: key.fromMe ? (isFromPhone(key.wireId) ? 'phone' : 'device') : null,
  };
}

/** The new ack level of one of our own messages. */
export function ackFact(
  payload: unknown,
  ack: unknown,
  people: People,
): Extract<FactReport, { kind: 'message.ack' }> | null {
  const data = fields(payload);
  const key = messageKey(data['id']);
  const level = number(ack) ?? number(data['ack']);
  if (key === null || !key.fromMe || level === null || key.remote === STATUS_CHAT) return null;
  return {
    kind: 'message.ack',
    wireId: key.wireId,
    wireKey: key.wireKey,
    chatId: canonicalId(key.remote, people),
    ack: Math.trunc(level),
  };
}

/** Somebody's reaction, the session's own too; `payload` is the library's reaction object. */
export function reactionFact(payload: unknown, people: People): FactReport | null {
  const data = fields(payload);
  const own = messageKey(data['id']);
  const target = messageKey(data['msgId']);
  const sender = idText(data['senderId']) ?? own?.participant ?? own?.remote;
  if (target === null || sender == null || target.remote === STATUS_CHAT) return null;
  return {
    kind: 'message.reaction',
    wireId: target.wireId,
    chatId: canonicalId(target.remote, people),
    from: person(sender, people),
    ...(own?.fromMe === true ? {} : { wireSender: sender }),
    fromMe: own?.fromMe === true,
    emoji: text(data['reaction']) ?? '',
    timestamp: milliseconds(data['timestamp']),
  };
}

/** Somebody's vote in a poll as it stands now; `payload` is the library's vote object. */
export function pollVoteFact(payload: unknown, people: People): FactReport | null {
  const data = fields(payload);
  const poll = messageKey(data['msgId']);
  const voter = idText(data['senderId']);
  const at = number(data['interractedAtTs']);
  if (poll === null || voter === null || at === null || poll.remote === STATUS_CHAT) return null;
  const selected = Array.isArray(data['selectedOptions']) ? data['selectedOptions'] : [];
  return {
    kind: 'message.poll_vote',
    wireId: poll.wireId,
    chatId: canonicalId(poll.remote, people),
    from: person(voter, people),
    wireSender: voter,
    options: selected.map(fields).flatMap((option) => {
      const said = text(option['name']) ?? number(option['localId']);
      return said === null ? [] : [said];
    }),
    timestamp: Math.trunc(at),
  };
}

/**
 * A message that its sender changed. The page fires the same event when a body merely arrives late, as after
 * decryption, so an edit must carry the marks of one.
 */
export function editFact(payload: unknown, newText: unknown, people: People): FactReport | null {
  const data = fields(payload);
  const key = messageKey(data['id']);
  const editedAt = number(data['latestEditSenderTimestampMs']);
  if (key === null || key.remote === STATUS_CHAT) return null;
  if (editedAt === null || typeof newText !== 'string') return null;
  return {
    kind: 'message.edited',
    wireId: key.wireId,
    chatId: canonicalId(key.remote, people),
    fromMe: key.fromMe,
    text: newText,
    timestamp: Math.trunc(editedAt),
  };
}

/** A message that was taken back for everyone. @param now used when the page does not say when */
export function revokeFact(payload: unknown, people: People, now: number): FactReport | null {
  const data = fields(payload);
  const shown = messageKey(data['id']);
  const original = messageKey(data['protocolMessageKey']) ?? shown;
  if (shown === null || original === null || shown.remote === STATUS_CHAT) return null;
  const at = number(data['revokeTimestamp']);
  return {
    kind: 'message.revoked',
    wireId: original.wireId,
    chatId: canonicalId(shown.remote, people),
    fromMe: original.fromMe,
    timestamp: at === null ? now : milliseconds(at),
  };
}

/**
 * The name of a change of a message, the same whenever it is reported; null for other facts. The edge derives the id of its
 * event from the same.
 */
export function factName(fact: FactReport): string | null {
  const { kind } = fact;
  if (kind === 'message.revoked') return `${kind} ${fact.wireId}`;
  if (kind === 'message.edited') return `${kind} ${fact.wireId} ${fact.timestamp}`;
  if (kind === 'message.reaction' || kind === 'message.poll_vote')
    return `${kind} ${fact.wireId} ${fact.timestamp} ${fact.wireSender ?? fact.from.id}`;
  return null;
}

function idList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(idText).filter((id) => id !== null) : [];
}

export function milliseconds(seconds: unknown): number {
  return Math.round((number(seconds) ?? 0) * 1000);
}
