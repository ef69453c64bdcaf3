import { z } from 'zod';

/** Longest text that WhatsApp Web sends, in code points. */
export const TEXT_LIMIT = 65_536;

/** The kinds of chat. */
const CHAT_SORTS = ['person', 'group', 'channel'] as const;
export type ChatSort = (typeof CHAT_SORTS)[number];

/** @param chatId as WhatsApp Web names it: `…@c.us`, `…@lid`, `…@g.us` or `…@newsletter` */
export function chatSortOf(chatId: string): ChatSort {
  if (chatId.endsWith('@g.us')) return 'group';
  return chatId.endsWith('@newsletter') ? 'channel' : 'person';
}

/** The files that a kind accepts. The bytes decide, not the type that the server states or the URL's ending. */
export type MediaRule = {
  mimetypes: readonly string[];
  limitBytes: number;
  /** What documentation and refusals call such a file. */
  called: string;
  /** `details.reason` of MEDIA_REJECTED for bytes that are no such file. */
  mismatch: string;
};

/**
 * A kind of message that callers can send. The row is the whole contract of `POST /v1/messages/<kind>`, of the queue and of
 * the runner. runner/engine/wwebjs/kinds.ts sends it.
 */
type MessageKindRow<Fields extends z.ZodRawShape, Media extends MediaRule | null> = {
  summary: string;
  description: string;
  /** The caller's fields, beside those that every send has. A kind with media also has the file's `url`. */
  fields: Fields;
  /** Its file's rule; null for a kind without a file. */
  media: Media;
  /** The kinds of chat that it can be sent to. */
  chats: readonly ChatSort[];
  /** A request, without its recipient. */
  example: z.input<z.ZodObject<Fields>> & (Media extends null ? unknown : { url: string });
};

const kind = <Fields extends z.ZodRawShape, Media extends MediaRule | null>(
  row: MessageKindRow<Fields, Media>,
): MessageKindRow<Fields, Media> => row;

/** A text that is not too long. An emoji counts as one character, as in WhatsApp Web and in JSON Schema. */
export const LimitedText = z
  .string()
  .refine(
    (text) => text.length <= TEXT_LIMIT || Array.from(text).length <= TEXT_LIMIT,
    `must have at most ${TEXT_LIMIT} characters`,
  )
  .meta({ maxLength: TEXT_LIMIT });

/** Blanks, and what takes no room or shows nothing: WhatsApp would show an empty bubble. */
const INVISIBLE = /^[\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

export const MESSAGE_KINDS = {
  text: kind({
    summary: 'Send a text',
    description: `Queues a text of up to ${TEXT_LIMIT} characters. A session sends its messages in order.`,
    fields: {
      text: LimitedText.refine((text) => !INVISIBLE.test(text), 'must not be empty'),
      linkPreview: z.boolean().default(true),
    },
    media: null,
    chats: CHAT_SORTS,
    example: { text: 'Hello from Waypost' },
  }),
  image: kind({
    summary: 'Send an image by URL',
    description:
      'Fetches the image first, then queues it. Only a whole image is sent: as long as its server announced, with a header and an end. The file keeps the name in `Content-Disposition`, or else the last part of the path.',
    fields: { caption: LimitedText.optional() },
    media: {
      mimetypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
      limitBytes: 16 * 1024 * 1024,
      called: 'JPEG, PNG, GIF or WebP image',
      mismatch: 'not_an_image',
    },
    chats: CHAT_SORTS,
    example: { url: 'https://example.com/picture.jpg', caption: 'Look' },
  }),
};

type Table = typeof MESSAGE_KINDS;
export type MessageKind = keyof Table;

// Object.keys says string; the table is closed.
export const MESSAGE_KIND_NAMES = Object.keys(MESSAGE_KINDS) as MessageKind[];

/** The types of inbound messages: all that can be sent, and those that cannot be sent yet. */
export const INBOUND_TYPES = [
  ...MESSAGE_KIND_NAMES,
  'video',
  'audio',
  'voice',
  'document',
  'sticker',
  'location',
  'contact',
  'poll',
  'unknown',
] as const;
export type InboundType = (typeof INBOUND_TYPES)[number];

/** The caller's part of a message: its kind, and that kind's fields. */
export type MessageSaid<Kind extends MessageKind = MessageKind> = {
  [K in Kind]: { type: K } & z.output<z.ZodObject<Table[K]['fields']>>;
}[Kind];

/** The stored file of a message whose kind has media. */
export type MessageFile = { mediaId: string; mimetype: string; filename?: string };

/** The content of an outbound message in the queue. Media is a stored object, never a caller's URL. */
export type OutboundContent<Kind extends MessageKind = MessageKind> = MessageSaid<Kind> &
  Partial<MessageFile>;

const WithKind = z.looseObject({ type: z.enum(MESSAGE_KIND_NAMES) });

/**
 * Content read back from the queue. Only its kind is checked: its row checked it when it was accepted, and an accepted
 * message is sent even if the row has become stricter since.
 */
export const OutboundContent = z.custom<OutboundContent>(
  (content) => WithKind.safeParse(content).success,
  'must be the content of a known kind of message',
);

/** The fields of a caller's body that depend on the kind: the row's, and the file's URL if the kind has media. */
export function saidFields(name: MessageKind): z.ZodRawShape {
  const { fields, media } = MESSAGE_KINDS[name];
  return media === null ? fields : { url: fileUrl(media), ...fields };
}

const fileUrl = ({ called, limitBytes }: MediaRule) =>
  z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(2048)
    .meta({ description: `A ${called} of at most ${megabytes(limitBytes)} MB.` });

export const megabytes = (bytes: number): number => bytes / (1024 * 1024);
