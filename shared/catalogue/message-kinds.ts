import { z } from 'zod';
import { fileFields } from './kinds/file-source.ts';
import type { Read } from './kinds/kind.ts';
import { MEDIA_KINDS } from './kinds/media.ts';
import { PLAIN_KINDS } from './kinds/plain.ts';

/** Every kind of message that callers can send. */
export const MESSAGE_KINDS = { ...PLAIN_KINDS, ...MEDIA_KINDS };

type Table = typeof MESSAGE_KINDS;
export type MessageKind = keyof Table;

// Object.keys says string; the table is closed.
export const MESSAGE_KIND_NAMES = Object.keys(MESSAGE_KINDS) as [MessageKind, ...MessageKind[]];

/** The types of inbound messages. */
export const INBOUND_TYPES = [...MESSAGE_KIND_NAMES, 'unknown'] as const;
export type InboundType = (typeof INBOUND_TYPES)[number];

/** The caller's part of a message: its kind, and that kind's fields. */
export type MessageSaid<Kind extends MessageKind = MessageKind> = {
  [K in Kind]: { type: K } & Read<Table[K]['fields']>;
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

/** The fields of a caller's body that depend on the kind: the row's, and those of its file if it has one. */
export function saidFields(name: MessageKind): z.ZodRawShape {
  const { fields, media } = MESSAGE_KINDS[name];
  return media === null ? fields : { ...fileFields(media), ...fields };
}
