import { z } from 'zod';
import type { MediaRule } from './kinds/kind.ts';
import { MEDIA_KINDS } from './kinds/media.ts';
import { PLAIN_KINDS } from './kinds/plain.ts';

/** Every kind of message that callers can send. */
export const MESSAGE_KINDS = { ...PLAIN_KINDS, ...MEDIA_KINDS };

type Table = typeof MESSAGE_KINDS;
export type MessageKind = keyof Table;

// Object.keys says string; the table is closed.
export const MESSAGE_KIND_NAMES = Object.keys(MESSAGE_KINDS) as [MessageKind, ...MessageKind[]];

/** The types of inbound messages: all that can be sent, and those that cannot be sent yet. */
export const INBOUND_TYPES = [
  ...MESSAGE_KIND_NAMES,
  'video',
  'audio',
  'voice',
  'document',
  'sticker',
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
  Partial<MessageFile> &
  Forwarded;

/** Mark of a message that says what another one said. */
export type Forwarded = { forwarded?: true };

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
