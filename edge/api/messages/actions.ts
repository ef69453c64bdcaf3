import { z } from '@hono/zod-openapi';
import { LimitedText, isVisible } from '../../../shared/catalogue/kinds/kind.ts';
import type { ServiceContext } from '../../context.ts';
import { actOnMessage } from '../../services/messages/act-on-message.ts';
import { retryMedia } from '../../services/messages/retry-media.ts';
import { LIVE_ERRORS } from '../ask-live.ts';
import { operation, type Row, withMeta } from '../operation.ts';
import { scope } from '../takes.ts';
import { Emoji } from './emoji.ts';
import { MessageId, MessageSchema, SEND_LIMIT_BYTES } from './schemas.ts';

const PIN_SECONDS = { '24h': 86_400, '7d': 7 * 86_400, '30d': 30 * 86_400 } as const;

const ReactToMessage = z.strictObject({ emoji: Emoji.nullable() });
const EditMessage = z.strictObject({
  text: LimitedText.refine(isVisible, 'must not be empty').openapi({
    description: 'The new text, or the new caption of a file.',
  }),
});
const DeleteMessage = z.object({
  for: z.enum(['everyone', 'me']).default('everyone').openapi({
    description: '`everyone` in the chat, or only `me`: the session’s own account.',
  }),
});
const StarMessage = z.strictObject({ starred: z.boolean().default(true) });
const PinMessage = z
  .strictObject({
    pinned: z.boolean().default(true),
    duration: z.enum(['24h', '7d', '30d']).optional().openapi({
      description: 'How long it stays pinned; `7d` by default. WhatsApp knows these three.',
    }),
  })
  .refine(({ pinned, duration }) => pinned || duration === undefined, {
    path: ['duration'],
    message: 'only with `pinned: true`',
  });

type Action = Parameters<typeof actOnMessage>[0]['input'];

const act = async (ctx: ServiceContext, input: Action) => {
  const { message, sessionName } = await actOnMessage({ ctx, input });
  return withMeta(message, { sessionId: message.sessionId, sessionName });
};

const errors = [...LIVE_ERRORS, 'FORBIDDEN', 'LIMIT_EXCEEDED'] as const;
const answer = [200, 'The message as it is now.', MessageSchema] as const;

/** What one does to a message that WhatsApp has. Each answers with the message as it was read back. */
export const messageActions: readonly Row[] = [
  operation({
    id: 'reactToMessage',
    method: 'post',
    path: '/v1/messages/{id}/react',
    takes: scope('messages:send'),
    summary: 'React to a message',
    description: 'Replaces the session’s earlier reaction. `null` or `""` removes it.',
    params: MessageId,
    body: { schema: ReactToMessage, example: { emoji: '👍' } },
    answer,
    errors,
    run: ({ ctx, params: { id }, body: { emoji } }) =>
      act(ctx, { id, name: 'reactToMessage', ask: { emoji: emoji ?? '' } }),
  }),
  operation({
    id: 'editMessage',
    method: 'patch',
    path: '/v1/messages/{id}',
    takes: scope('messages:send'),
    summary: 'Edit a message',
    description:
      'Changes the text, or the caption of a file, of a message of your own. WhatsApp allows it for 15 minutes. `CONFLICT` says in `details.reason` why not: `not_sent`, `not_yours`, `too_old`, `no_text` or `deleted`.',
    params: MessageId,
    body: {
      schema: EditMessage,
      example: { text: 'Hello again' },
      limitBytes: SEND_LIMIT_BYTES,
    },
    answer,
    errors,
    run: ({ ctx, params: { id }, body: { text } }) =>
      act(ctx, { id, name: 'editMessage', ask: { text } }),
  }),
  operation({
    id: 'deleteMessage',
    method: 'delete',
    path: '/v1/messages/{id}',
    takes: scope('messages:send'),
    summary: 'Delete a message at WhatsApp',
    description:
      'For everyone, or on the session’s own account alone; Waypost keeps its record. WhatsApp lets a sender delete for everyone for about two days; `CONFLICT` says in `details.reason` why not: `not_sent`, `not_yours` or `too_old`. Admins of a group can delete the messages of others.',
    params: MessageId,
    query: DeleteMessage,
    answer,
    errors,
    run: ({ ctx, params: { id }, query }) =>
      act(ctx, { id, name: 'deleteMessage', ask: { for: query.for } }),
  }),
  operation({
    id: 'retryMedia',
    method: 'post',
    path: '/v1/messages/{id}/media/retry',
    takes: scope('messages:send'),
    summary: 'Fetch the file of a received message again',
    description:
      'For a file whose `status` is `failed`. It is `pending` from then on, and `message.media` says what came of it. `CONFLICT` with `details.reason`: `ready` when the file is there, `no_file` when the message has none, `content_expired` when it is no longer kept.',
    params: MessageId,
    answer: [202, 'The message, whose file is being fetched.', MessageSchema],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params }) => {
      const { message, sessionName } = await retryMedia({ ctx, input: params });
      return withMeta(message, { sessionId: message.sessionId, sessionName });
    },
  }),
  operation({
    id: 'starMessage',
    method: 'post',
    path: '/v1/messages/{id}/star',
    takes: scope('messages:send'),
    summary: 'Star or unstar a message',
    params: MessageId,
    body: { schema: StarMessage, example: { starred: true }, optional: true },
    answer,
    errors,
    run: ({ ctx, params: { id }, body: { starred } }) =>
      act(ctx, { id, name: 'starMessage', ask: { starred } }),
  }),
  operation({
    id: 'pinMessage',
    method: 'post',
    path: '/v1/messages/{id}/pin',
    takes: scope('messages:send'),
    summary: 'Pin or unpin a message in its chat',
    params: MessageId,
    body: { schema: PinMessage, example: { duration: '7d' }, optional: true },
    answer,
    errors,
    run: ({ ctx, params: { id }, body: { pinned, duration = '7d' } }) =>
      act(ctx, { id, name: 'pinMessage', ask: { seconds: pinned ? PIN_SECONDS[duration] : 0 } }),
  }),
  operation({
    id: 'markMessageSeen',
    method: 'post',
    path: '/v1/messages/{id}/seen',
    takes: scope('chats:write'),
    summary: 'Mark a message as read',
    description:
      'Marks its whole chat, as WhatsApp does. The sender sees it, if the phone sends read receipts.',
    params: MessageId,
    answer,
    errors,
    run: ({ ctx, params: { id } }) => act(ctx, { id, name: 'markChatSeen', ask: {} }),
  }),
];
