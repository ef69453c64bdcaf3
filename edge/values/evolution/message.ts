import type { MessageStatus } from '../../../shared/message-status.ts';
import { jidOf } from './jids.ts';
import { evolutionStatus } from './states.ts';

/** What a message says, whoever wrote it. */
export type Said = {
  /** Our kind of it. */
  type: string;
  text?: string | null;
  mimetype?: string | null;
  filename?: string | null;
  url?: string | null;
  location?: {
    latitude: number;
    longitude: number;
    name?: string | null;
    address?: string | null;
  } | null;
  vcards?: readonly string[];
  poll?: { name: string; options: readonly string[]; allowMultiple: boolean } | null;
  quotedWireId?: string | null;
};

const FILES: Readonly<Record<string, string>> = {
  image: 'imageMessage',
  video: 'videoMessage',
  note: 'ptvMessage',
  document: 'documentMessage',
  audio: 'audioMessage',
  voice: 'audioMessage',
  sticker: 'stickerMessage',
};

/** The content of a message as Evolution nests it: under the name of its type. Pure. */
export function evolutionContent(said: Said): { messageType: string; message: object } {
  const { type, text = null, location = null, poll = null, vcards = [], url = null } = said;
  const file = FILES[type];
  if (file !== undefined) {
    const facts = {
      mimetype: said.mimetype ?? null,
      caption: text,
      ...(said.filename != null && { fileName: said.filename }),
      ...(file === 'audioMessage' && { ptt: type === 'voice' }),
    };
    const message = { [file]: facts, ...(url !== null && { mediaUrl: url }) };
    return { messageType: file, message };
  }
  if (location !== null) {
    const { latitude: degreesLatitude, longitude: degreesLongitude, name, address } = location;
    const place = { degreesLatitude, degreesLongitude, name, address };
    return { messageType: 'locationMessage', message: { locationMessage: place } };
  }
  if (poll !== null) {
    const options = poll.options.map((optionName) => ({ optionName }));
    const selectableOptionsCount = poll.allowMultiple ? 0 : 1;
    const asked = { name: poll.name, options, selectableOptionsCount };
    return { messageType: 'pollCreationMessage', message: { pollCreationMessage: asked } };
  }
  const [first, ...others] = vcards;
  if (first !== undefined && others.length === 0)
    return {
      messageType: 'contactMessage',
      message: { contactMessage: { displayName: nameIn(first), vcard: first } },
    };
  if (first !== undefined) {
    const contacts = vcards.map((vcard) => ({ displayName: nameIn(vcard), vcard }));
    return {
      messageType: 'contactsArrayMessage',
      message: { contactsArrayMessage: { contacts } },
    };
  }
  return { messageType: 'conversation', message: { conversation: text ?? '' } };
}

const nameIn = (vcard: string): string => /^FN[^:]*:(.*)$/im.exec(vcard)?.[1]?.trim() ?? '';

export type EvolutionFacts = {
  wireId: string;
  chatId: string;
  fromMe: boolean;
  /** Who wrote it; null for the instance itself. */
  sender: { id: string; lid: string | null; name: string | null } | null;
  /** ISO 8601. */
  at: string;
  status: MessageStatus;
  instanceId: string;
  said: Said;
};

/** A message as Evolution shows it. */
export function evolutionMessage(facts: EvolutionFacts) {
  const { chatId, fromMe, sender, said } = facts;
  const isGroup = chatId.endsWith('@g.us');
  const remoteJid = jidOf(chatId);
  const author = sender === null ? null : jidOf(sender.id);
  const { quotedWireId = null } = said;
  return {
    key: {
      remoteJid,
      fromMe,
      id: facts.wireId,
      ...(isGroup && author !== null && { participant: author, participantAlt: author }),
      ...(!isGroup && { remoteJidAlt: remoteJid }),
      ...(sender?.lid != null && { lid: sender.lid }),
    },
    pushName: sender?.name ?? '',
    status: evolutionStatus(facts.status),
    ...evolutionContent(said),
    contextInfo: quotedWireId === null ? null : { stanzaId: quotedWireId },
    messageTimestamp: Math.floor(Date.parse(facts.at) / 1_000),
    instanceId: facts.instanceId,
    source: 'web',
  };
}
