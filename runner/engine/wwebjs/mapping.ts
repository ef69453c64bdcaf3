import type { InboundType } from '../../../shared/catalogue/message-kinds.ts';
import type { FactReport } from '../../../shared/protocol/runner-reports.ts';
import type { Traffic } from '../../../shared/protocol/leases.ts';
import { fields, idText, messageKey, number, text, type Fields } from './payload.ts';

type Received = Extract<FactReport, { kind: 'message.received' }>;

/** What is known of the person or chat behind an id, in either form. */
export type KnownPerson = { phoneId: string | null; lid: string | null; name: string | null };
export type People = (id: string) => KnownPerson | undefined;

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

/** Types whose `body` is what a person wrote or chose; of every other type it may be a thumbnail in base64. */
const WRITTEN = new Set(['chat', 'buttons_response', 'list_response', 'template_button_reply']);

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

/** Ids of everybody a payload names, so that their other form can be asked for before it is mapped. */
export function idsIn(payload: unknown): string[] {
  const data = fields(payload);
  const key = messageKey(data['id'] ?? data['msgId']);
  const mentions = Array.isArray(data['mentionedJidList']) ? data['mentionedJidList'] : [];
  const ids = [key?.remote, key?.participant, idText(data['author']), idText(data['senderId'])];
  return [...new Set([...ids, ...mentions.map(idText)].filter((id) => id != null))].filter(
    (id) => id.endsWith('@c.us') || id.endsWith('@lid'),
  );
}

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

/**
 * A message that somebody else sent, or null for what is none: notices, our own.
 * Messages sent from the linked phone itself are ours too, and are left out for now.
 */
export function receivedFact(
  payload: unknown,
  people: People,
  backfilled = false,
): Received | null {
  const data = fields(payload);
  const key = messageKey(data['id']);
  const type = text(data['type']) ?? 'unknown';
  if (key === null || key.fromMe || NOTICES.has(type)) return null;

  const isStatus = isStatusPost(data, key.remote);
  const isGroup = key.remote.endsWith('@g.us');
  const author = idText(data['author']) ?? key.participant ?? idText(data['from']) ?? key.remote;
  return {
    kind: 'message.received',
    wireId: key.wireId,
    wireKey: key.wireKey,
    chatId: isStatus ? STATUS_CHAT : isGroup ? key.remote : canonicalId(key.remote, people),
    from: person(isGroup || isStatus ? author : key.remote, people, text(data['notifyName'])),
    isGroup,
    type: TYPES[type] ?? 'unknown',
    text: textOf(data, type),
    media: mediaOf(data),
    location: locationOf(data, type),
    vcards: vcardsOf(data, type),
    poll: pollOf(data, type),
    quotedWireId: text(data['quotedStanzaID']),
    mentions: idList(data['mentionedJidList']).map((id) => canonicalId(id, people)),
    timestamp: milliseconds(data['t']),
    backfilled,
  };
}

/** The new ack level of one of our own messages. */
export function ackFact(payload: unknown, ack: unknown, people: People): FactReport | null {
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

/** Somebody else's reaction; `payload` is the library's reaction object. */
export function reactionFact(payload: unknown, people: People): FactReport | null {
  const data = fields(payload);
  const own = messageKey(data['id']);
  const target = messageKey(data['msgId']);
  const sender = idText(data['senderId']) ?? own?.participant ?? own?.remote;
  if (target === null || sender == null || own?.fromMe === true) return null;
  if (target.remote === STATUS_CHAT) return null;
  return {
    kind: 'message.reaction',
    wireId: target.wireId,
    chatId: canonicalId(target.remote, people),
    from: person(sender, people, null),
    emoji: text(data['reaction']) ?? '',
    timestamp: milliseconds(data['timestamp']),
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
  if (key === null || key.fromMe || key.remote === STATUS_CHAT) return null;
  if (editedAt === null || typeof newText !== 'string') return null;
  return {
    kind: 'message.edited',
    wireId: key.wireId,
    chatId: canonicalId(key.remote, people),
    text: newText,
    timestamp: Math.trunc(editedAt),
  };
}

/** A message that was taken back for everyone. @param now used when the page does not say when */
export function revokeFact(payload: unknown, people: People, now: number): FactReport | null {
  const data = fields(payload);
  const shown = messageKey(data['id']);
  const original = messageKey(data['protocolMessageKey']) ?? shown;
  if (shown === null || original === null || original.fromMe) return null;
  if (shown.remote === STATUS_CHAT) return null;
  const at = number(data['revokeTimestamp']);
  return {
    kind: 'message.revoked',
    wireId: original.wireId,
    chatId: canonicalId(shown.remote, people),
    timestamp: at === null ? now : milliseconds(at),
  };
}

/** The phone id where it is known: callers address people by it, and a chat must not have two names. */
function canonicalId(id: string, people: People): string {
  return id.endsWith('@lid') ? (people(id)?.phoneId ?? id) : id;
}

function person(id: string, people: People, name: string | null): Received['from'] {
  const known = people(id);
  return {
    id: canonicalId(id, people),
    lid: id.endsWith('@lid') ? id : (known?.lid ?? null),
    name: name ?? known?.name ?? null,
  };
}

function textOf(data: Fields, type: string): string | null {
  const caption = text(data['caption']);
  if (text(data['directPath']) === null && caption === null) {
    return WRITTEN.has(type) ? text(data['body']) : null;
  }
  // A document without a caption carries its file name as one.
  return type === 'document' && caption === text(data['filename']) ? null : caption;
}

function mediaOf(data: Fields): Received['media'] {
  if (text(data['directPath']) === null) return null;
  return {
    mimetype: text(data['mimetype']) ?? 'application/octet-stream',
    filename: text(data['filename']),
    sizeBytes: Math.max(0, Math.trunc(number(data['size']) ?? 0)),
    mediaId: null,
    error: null,
  };
}

function locationOf(data: Fields, type: string): Received['location'] {
  const latitude = number(data['lat']);
  const longitude = number(data['lng']);
  if (type !== 'location' || latitude === null || longitude === null) return null;
  return { latitude, longitude, name: text(data['loc'])?.split('\n', 1)[0] ?? null };
}

function vcardsOf(data: Fields, type: string): string[] {
  if (type === 'vcard') return [text(data['body'])].filter((card) => card !== null);
  if (type !== 'multi_vcard' || !Array.isArray(data['vcardList'])) return [];
  return data['vcardList']
    .map((card) => text(fields(card)['vcard']))
    .filter((card) => card !== null);
}

function pollOf(data: Fields, type: string): Received['poll'] {
  if (type !== 'poll_creation') return null;
  const options = Array.isArray(data['pollOptions']) ? data['pollOptions'] : [];
  const names = options.map((option) => text(fields(option)['name']) ?? text(option));
  return { name: text(data['pollName']) ?? '', options: names.filter((name) => name !== null) };
}

function idList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(idText).filter((id) => id !== null) : [];
}

function milliseconds(seconds: unknown): number {
  return Math.round((number(seconds) ?? 0) * 1000);
}
