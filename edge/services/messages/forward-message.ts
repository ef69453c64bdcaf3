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
import { messageNotFound } from './refusals.ts';
import { send } from './send.ts';
import type { SendRequest } from './send-request.ts';

type Terms = Pick<
  SendRequest,
  'reference' | 'expiresInSeconds' | 'sendAt' | 'waitMs' | 'idempotency'
>;

/**
 * Sends what a message says to another chat, from the same session and marked as forwarded: as a message of its own, in the
 * queue like any other.
 * @throws AppError NOT_FOUND; CONFLICT for one that was deleted for everyone; NOT_SUPPORTED for what cannot be sent again; what `send` throws
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
  if (message.revokedAt !== null)
    throw new AppError('CONFLICT', 'The message was deleted for everyone.', { reason: 'deleted' });
  const said = { ...saidBy(message), forwarded: true as const };
  const { sessionId: session } = message;
  return send({ ctx, input: { ...terms, session, quotedMessageId: null, said, file: null } });
}

/** What a message of somebody else's has on the record. */
const Heard = z.object({
  text: z.string().nullish(),
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
function saidBy({ type, content }: typeof messages.$inferSelect): MessageSaid {
  const again: Partial<Record<string, (heard: z.infer<typeof Heard>) => unknown>> = {
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
  if (isPlain(type) && Object(content).type === type) {
    // Written by the send statement, in this kind's own fields.
    const { mentions: _, ...said } = content as MessageSaid & { mentions?: unknown };
    return said;
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

const isPlain = (type: string): type is MessageKind =>
  type in MESSAGE_KINDS && MESSAGE_KINDS[type as MessageKind].media === null;
