import { z } from '@hono/zod-openapi';
import { SessionLookup } from '../../api/name-fields.ts';
import type { ServiceContext } from '../../context.ts';
import { to } from '../send-fields.ts';
import { MESSAGE_EXAMPLE, messageIdOf } from './message-view.ts';

/** Of what a call is, in its body: WAHA's clients may leave it out. */
export const session = SessionLookup.optional().openapi({
  description:
    "Name or id of the session. Without it, the session that the key is pinned to, otherwise the workspace's default session.",
  example: 'default',
});

export const messageId = z.string().min(1).max(200).openapi({ example: MESSAGE_EXAMPLE });

/** Fields of every send. */
export const sendFields = {
  session,
  chatId: to,
  reply_to: messageId.or(z.literal('')).nullish().openapi({
    description: 'The message that this one quotes.',
  }),
};
export const Addressed = z.object(sendFields);

export const mentions = z.array(z.string().max(200)).max(1_024).nullish().openapi({
  description: 'People to notify; `["all"]` for everybody in a group.',
});

const isEverybody = (one: string): boolean => one.toLowerCase() === 'all';

/** As our sends take them. */
export const mentionsOf = (written: z.output<typeof mentions>) =>
  written == null || written.length === 0
    ? {}
    : { mentions: written.some((one) => isEverybody(one)) ? 'all' : written };

/** What the fields are called in refusals. */
export const CALLED = { sessionId: 'session', to: 'chatId', quotedMessageId: 'reply_to' };

/** The fields of every send as ours take them. @throws AppError NOT_FOUND for a quoted message that is not there */
export async function addressed(
  ctx: ServiceContext,
  { session: named, chatId, reply_to: quoted }: z.output<typeof Addressed>,
) {
  return {
    ...(named !== undefined && { sessionId: named }),
    to: chatId,
    ...(quoted != null &&
      quoted !== '' && { quotedMessageId: await messageIdOf(ctx, named, quoted) }),
  };
}

/** A send answers once its message has left, unless the caller says otherwise. */
export const waiting = (prefer: string | undefined) =>
  prefer === undefined ? { headers: { prefer: 'wait=25' } } : {};
