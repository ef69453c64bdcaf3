import type { MessageStatus } from '../../../shared/message-status.ts';
import { ownChat, secondsOf, writeWahaId } from './ids.ts';

/** WAHA's names of the levels of WhatsApp's receipts, from −1 on. */
export const ACK_NAMES = ['ERROR', 'PENDING', 'SERVER', 'DEVICE', 'READ', 'PLAYED'] as const;

const ACKS: Readonly<Record<MessageStatus, number>> = {
  failed: -1,
  queued: 0,
  sending: 0,
  unknown: 0,
  sent: 1,
  delivered: 2,
  read: 3,
  played: 4,
};

/** How far a message has come: the level of its receipt, and what that is called. */
export const ackOf = (status: MessageStatus) => ({
  ack: ACKS[status],
  ackName: ACK_NAMES[ACKS[status] + 1] ?? 'PENDING',
});

/** What is known of a message, wherever it was read. */
export type MessageFacts = {
  wireId: string;
  chatId: string;
  fromMe: boolean;
  /** The number of the session. */
  phoneNumber: string | null;
  /** Who wrote it; null for the session itself. */
  sender: { id: string; lid: string | null; name: string | null } | null;
  /** ISO 8601. */
  at: string;
  text: string | null;
  status: MessageStatus;
  source: 'api' | 'app';
  /** Null without a file. */
  media: WahaMedia | null;
  location?: { latitude: number; longitude: number; name: string | null } | null;
  vcards?: readonly string[];
  quotedWireId?: string | null;
};

export type WahaMedia = {
  url: string | null;
  mimetype: string;
  filename: string | null;
  error: string | null;
};

/** A message as WAHA shows it. */
export type WahaMessage = ReturnType<typeof wahaMessage>;

/** `id` is a text; clients that read the engine's own object find it in `_data.id`. */
export function wahaMessage(facts: MessageFacts) {
  const { wireId, chatId, fromMe, phoneNumber, sender, at, text, status, source, media } = facts;
  const isGroup = chatId.endsWith('@g.us');
  const participant = isGroup && sender !== null ? sender.id : null;
  const id = writeWahaId({ fromMe, chatId, wireId, participant: fromMe ? null : participant });
  const me = ownChat(phoneNumber);
  const { location = null, vcards = [], quotedWireId = null } = facts;
  return {
    id,
    timestamp: secondsOf(at),
    from: fromMe ? me : chatId,
    fromMe,
    source,
    to: fromMe ? chatId : me,
    participant,
    ...(participant !== null && { author: participant }),
    body: text ?? '',
    hasMedia: media !== null,
    media,
    ...(media !== null && { mediaUrl: media.url }),
    ...ackOf(status),
    ...(location !== null && {
      location: {
        latitude: String(location.latitude),
        longitude: String(location.longitude),
        description: location.name,
      },
    }),
    vCards: [...vcards],
    replyTo: quotedWireId === null ? null : { id: quotedWireId },
    _data: {
      id: { fromMe, remote: chatId, id: wireId, _serialized: id },
      notifyName: sender?.name ?? null,
      lid: sender?.lid ?? null,
    },
  };
}
