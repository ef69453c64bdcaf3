import { z } from 'zod';
import {
  MESSAGE_KINDS,
  type MessageKind,
  type MessageSaid,
} from '../../../shared/catalogue/message-kinds.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import type { messages } from '../../db/schema/index.ts';
import { findMessage } from './find-message.ts';
import type { SendAnswer } from './idempotency.ts';
import { mediaStatusOf } from './message-view.ts';
import { contentExpired, messageNotFound, refuseErased } from './refusals.ts';
import { send } from './send.ts';
import type { SendRequest } from './send-request.ts';

type Terms = Pick<
  SendRequest,
  'reference' | 'expiresInSeconds' | 'sendAt' | 'waitMs' | 'idempotency'
>;

/**
 * Sends what a message says to another chat, from the same session and marked as forwarded: as a message of its own, in the
 * queue like any other.
 * @throws AppError NOT_FOUND; CONFLICT for one that was deleted for everyone, whose content has expired or whose file is not there; NOT_SUPPORTED for what cannot be sent again; what `send` throws
 */
export async function forwardMessage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: Terms & { id: string; to: NonNullable<SendRequest['to']> };
}): Promise<SendAnswer> {
  const { id, ...terms } = input;
  const message = await findMessage(ctx, id);
  if (message === undefined) throw messageNotFound();
  refuseErased(message);
  if (message.revokedAt !== null)
    throw new AppError('CONFLICT', 'The message was deleted for everyone.', { reason: 'deleted' });
  if (message.contentExpiredAt !== null) throw contentExpired();
  const said = { ...saidBy(message), forwarded: true as const };
  const { sessionId: session } = message;
  const file = fileOf(message, said.type);
  return send({ ctx, input: { ...terms, session, quotedMessageId: null, said, file } });
}

/** A file that the caller gave a name keeps it. */
const Named = z.object({ filename: z.string().optional() });

/** The stored file of a message whose kind has one. It may be gone, or not be there yet. */
function fileOf(
  { mediaId, mediaPendingSince, content }: Row,
  kind: MessageKind,
): SendRequest['file'] {
  const { media: rule } = MESSAGE_KINDS[kind];
  if (rule === null) return null;
  if (mediaId !== null) {
    const { filename = null } = Named.parse(content);
    return { rule, source: { from: 'media', mediaId, filename } };
  }
  const reason = mediaStatusOf({ mediaId, mediaPendingSince });
  throw new AppError('CONFLICT', `The file of the message is ${reason}, not ready.`, { reason });
}

type Row = typeof messages.$inferSelect;

/** What a message of somebody else's has on the record. */
const Heard = z.object({
  text: z.string().nullish(),
  media: z.unknown().optional(),
  location: z
    .object({
      latitude: z.number(),
      longitude: z.number(),
      name: z.string().nullish(),
      address: z.string().nullish(),
    })
    .nullish(),
  poll: z.looseObject({ name: z.string(), options: z.array(z.string()) }).nullish(),
});

/** The content again, as a send takes it. Whom it mentions is not mentioned anew. */
function saidBy({ type, content }: Row): MessageSaid {
  const captioned = ({ text, media }: z.infer<typeof Heard>) =>
    media && { type, ...(text != null && text !== '' && { caption: text }) };
  const filed = ({ media }: z.infer<typeof Heard>) => media && { type };
  const again: Partial<Record<string, (heard: z.infer<typeof Heard>) => unknown>> = {
    image: captioned,
    video: (heard) => {
      const said = captioned(heard);
      return said && { ...said, asGif: false, asDocument: false };
    },
    document: captioned,
    audio: filed,
    voice: filed,
    sticker: filed,
    text: ({ text }) => ({ type, text, linkPreview: true }),
    location: ({ location }) =>
      location && {
        type,
        latitude: location.latitude,
        longitude: location.longitude,
        ...(location.name && { name: location.name }),
        ...(location.address && { address: location.address }),
      },
    poll: ({ poll }) => poll && { allowMultiple: false, ...poll, type },
  };
  if (isKind(type) && Object(content).type === type) {
    const written: Readonly<Record<string, unknown>> = Object(content);
    if (written['viewOnce'] === true)
      throw new AppError('CONFLICT', 'What can be opened only once is not forwarded.', {
        reason: 'view_once',
      });
    const names = Object.keys(MESSAGE_KINDS[type].fields).filter(
      (name) => name !== 'mentions' && name in written,
    );
    const fields = Object.fromEntries(names.map((name) => [name, written[name]]));
    // Written by the send statement, in this kind's own fields.
    return { type, ...fields } as MessageSaid;
  }
  const said = again[type]?.(Heard.parse(content));
  // Each line above gives the fields of its kind.
  if (said !== undefined && said !== null) return said as MessageSaid;
  throw new AppError(
    'NOT_SUPPORTED',
    `A message of type ${type} cannot be forwarded; send its content as a message of its own.`,
    { capability: `forward.${type}` },
  );
}

const isKind = (type: string): type is MessageKind => type in MESSAGE_KINDS;
