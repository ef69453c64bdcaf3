import { z } from 'zod';

/** Longest text that WhatsApp Web sends, in code points. */
export const TEXT_LIMIT = 65_536;
/** The same in UTF-16 units, of which a character has one or two. */
export const MAX_TEXT_LENGTH = 2 * TEXT_LIMIT;

/** The kinds of chat. */
export const CHAT_SORTS = ['person', 'group', 'channel'] as const;
export type ChatSort = (typeof CHAT_SORTS)[number];

/** @param chatId as WhatsApp Web names it: `…@c.us`, `…@lid`, `…@g.us` or `…@newsletter` */
export function chatSortOf(chatId: string): ChatSort {
  if (chatId.endsWith('@g.us')) return 'group';
  return chatId.endsWith('@newsletter') ? 'channel' : 'person';
}

/** The files that a kind accepts. The bytes decide, not the type that the server states or the URL's ending. */
export type MediaRule = {
  /** Null: whatever the file is. */
  mimetypes: readonly string[] | null;
  limitBytes: number;
  /** The recipient sees its name, which the caller can give. */
  isNamed: boolean;
  /** What documentation and refusals call such a file. */
  called: string;
  /** `details.reason` of MEDIA_REJECTED for bytes that are no such file. */
  mismatch: string;
};

/** What a kind without fields has is nothing; zod says that it has nothing else either. */
export type Given<Fields extends z.ZodRawShape> = keyof Fields extends never
  ? unknown
  : z.input<z.ZodObject<Fields>>;
export type Read<Fields extends z.ZodRawShape> = keyof Fields extends never
  ? unknown
  : z.output<z.ZodObject<Fields>>;

/**
 * A kind of message that callers can send. The row is the whole contract of `POST /v1/messages/<kind>`, of the queue and of
 * the runner. runner/engine/wwebjs/kinds.ts sends it.
 */
export type MessageKindRow<Fields extends z.ZodRawShape, Media extends MediaRule | null> = {
  summary: string;
  description: string;
  /** The caller's fields, beside those that every send has. A kind with media also has where its file is. */
  fields: Fields;
  /** Its file's rule; null for a kind without a file. */
  media: Media;
  /** The kinds of chat that it can be sent to. */
  chats: readonly ChatSort[];
  /** A request, without its recipient, that works as it is. */
  example: Given<Fields> & (Media extends null ? unknown : { base64: string; filename?: string });
};

export const kind = <Fields extends z.ZodRawShape, Media extends MediaRule | null>(
  row: MessageKindRow<Fields, Media>,
): MessageKindRow<Fields, Media> => row;

/** A text that is not too long. An emoji counts as one character, as in WhatsApp Web and in JSON Schema. */
export const LimitedText = z
  .string()
  .refine(
    (text) =>
      text.length <= TEXT_LIMIT ||
      (text.length <= MAX_TEXT_LENGTH && Array.from(text).length <= TEXT_LIMIT),
    `must have at most ${TEXT_LIMIT} characters`,
  )
  .meta({ maxLength: TEXT_LIMIT });

/** Blanks, and what takes no room or shows nothing: WhatsApp would show an empty bubble. */
const INVISIBLE = /^[\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]*$/u;
export const isVisible = (text: string): boolean => !INVISIBLE.test(text);

/** A short text that shows something, without the blanks around it. */
export const ShortText = (limit: number) =>
  z.string().trim().max(limit).refine(isVisible, 'must not be empty').meta({ minLength: 1 });

/** The same on one line. */
export const Line = (limit: number) =>
  ShortText(limit).refine((text) => !/[\r\n]/.test(text), 'must be one line');
