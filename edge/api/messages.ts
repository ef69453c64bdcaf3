import { z } from '@hono/zod-openapi';
import { cancelMessage } from '../services/messages/cancel-message.ts';
import { forwardMessage } from '../services/messages/forward-message.ts';
import { getMessage } from '../services/messages/get-message.ts';
import { listMessages } from '../services/messages/list-messages.ts';
import { send } from '../services/messages/send.ts';
import { answerSend } from './messages/answer-send.ts';
import { bulk } from './messages/bulk.ts';
import { exportMessages } from './messages/export-messages.ts';
import { readSendTerms } from './messages/read-send-terms.ts';
import { messageActions } from './messages/actions.ts';
import { sendAlbum } from './messages/send-album.ts';
import { filterOf, MessageQuery } from './messages/filter.ts';
import {
  ForwardMessage,
  MEDIA_SEND_LIMIT_BYTES,
  MessageId,
  MessageSchema,
  ReplyForm,
  ReplyMessage,
  SEND_ERRORS,
  sendAnswers,
  SendHeaders,
} from './messages/schemas.ts';
import { contentOf, forgetBase64, meant, sameFile, sendKinds } from './messages/send-kinds.ts';
import { area, operation, rawOperation, withMeta } from './operation.ts';
import { scope, scopeInStatement } from './takes.ts';

export const messages = area('Messages', [
  ...sendKinds,
  sendAlbum,
  ...bulk,
  rawOperation({
    id: 'replyMessage',
    method: 'post',
    path: '/v1/messages/{id}/reply',
    takes: scopeInStatement('messages:send'),
    summary: 'Reply to a message',
    description:
      'Queues a message that quotes the message, in its chat and from its session. `type` is the kind, a text by default; the other fields are those of that kind. A file may also come in a form, which names its `type`.',
    params: MessageId,
    headers: SendHeaders,
    body: {
      schema: ReplyMessage,
      example: { text: 'Thanks, got it.' },
      limitBytes: MEDIA_SEND_LIMIT_BYTES,
      form: ReplyForm,
    },
    responses: sendAnswers,
    errors: ['NOT_FOUND', 'CONFLICT', 'MEDIA_REJECTED', 'NOT_SUPPORTED', ...SEND_ERRORS],
    run: async ({ ctx, params: { id }, headers, body }, c) => {
      const input = {
        ...(await readSendTerms('replyMessage', headers, { ...body, ...sameFile(ctx), id })),
        session: null,
        to: null,
        quotedMessageId: id,
        ...contentOf(ctx, body, body.type),
      };
      forgetBase64(c, body);
      return answerSend(c, await send({ ctx, input }));
    },
  }),
  rawOperation({
    id: 'forwardMessage',
    method: 'post',
    path: '/v1/messages/{id}/forward',
    takes: scope('messages:send'),
    summary: 'Forward a message',
    description:
      'Queues the same content to another chat, from the same session and marked as forwarded. All kinds can be forwarded, but of contact cards only those that the session sent: anything else is `NOT_SUPPORTED`. `CONFLICT` says in `details.reason` why not: `deleted`, `content_expired`, `view_once`, or `pending` or `failed` for a file that is not there.',
    params: MessageId,
    headers: SendHeaders,
    body: { schema: ForwardMessage, example: { to: '+15550100002' } },
    responses: sendAnswers,
    errors: ['NOT_FOUND', 'CONFLICT', 'NOT_SUPPORTED', ...SEND_ERRORS],
    run: async ({ ctx, params: { id }, headers, body }, c) => {
      const { to } = body;
      const request = { ...body, to: meant(to), id };
      const terms = await readSendTerms('forwardMessage', headers, request);
      return answerSend(c, await forwardMessage({ ctx, input: { ...terms, id, to } }));
    },
  }),
  ...messageActions,
  operation({
    id: 'cancelMessage',
    method: 'post',
    path: '/v1/messages/{id}/cancel',
    takes: scope('messages:send'),
    summary: 'Cancel a queued message',
    description:
      'The message fails with `CANCELLED`. If a runner has already taken it, the answer is `CONFLICT` with its status in `details`.',
    params: MessageId,
    answer: [200, 'The message, now failed.', MessageSchema],
    errors: ['NOT_FOUND', 'CONFLICT'],
    run: async ({ ctx, params }) => ofItsSession(await cancelMessage({ ctx, input: params })),
  }),
  exportMessages,
  operation({
    id: 'getMessage',
    method: 'get',
    path: '/v1/messages/{id}',
    takes: scope('messages:read'),
    summary: 'Get a message',
    params: MessageId,
    answer: [200, 'The message.', MessageSchema],
    errors: ['NOT_FOUND'],
    run: async ({ ctx, params }) => ofItsSession(await getMessage({ ctx, input: params })),
  }),
  operation({
    id: 'listMessages',
    method: 'get',
    path: '/v1/messages',
    takes: scope('messages:read'),
    summary: 'List messages, newest first',
    query: MessageQuery,
    answer: [200, 'A page of messages.', z.array(MessageSchema)],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, query: { cursor = null, limit, ...query } }) => {
      const input = { filter: filterOf(query), cursor, limit };
      const { messages: page, nextCursor } = await listMessages({ ctx, input });
      return withMeta(page, { nextCursor });
    },
  }),
]);

const ofItsSession = <Message extends { sessionId: string }>(message: Message) =>
  withMeta(message, { sessionId: message.sessionId });
