import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { messages } from '../../api/messages.ts';
import type { Row } from '../../api/operation.ts';
import type { Given } from '../../http/read-request.ts';
import type { AppEnv } from '../../context.ts';
import { MESSAGE_KINDS } from '../../../shared/catalogue/message-kinds.ts';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import { answerSend } from '../../api/messages/answer-send.ts';
import { readSendTerms } from '../../api/messages/read-send-terms.ts';
import { MESSAGE_EXAMPLE, MessageId, SendHeaders, SendTerms } from '../../api/messages/schemas.ts';
import { contentOf } from '../../api/messages/send-kinds.ts';
import { SessionIdOrName } from '../../api/name-fields.ts';
import { send } from '../../services/messages/send.ts';
import { envelope, ok } from '../../http/envelope.ts';
import { GroupId } from '../../api/chat-ids.ts';
import { alias, answerOf, operationOf, reportIgnored } from '../alias.ts';
import { Sent, sessionId, to } from '../send-fields.ts';
import {
  checkFile,
  checkSpellings,
  FILE_SENDS,
  fileFields,
  fileSend,
  namesFile,
} from '../file-to-send.ts';

const sendText = operationOf(messages, 'sendText');

const text = z.string();

const GatewayMessage = z
  .object({
    messageId: z.string(),
    status: z.enum(MESSAGE_STATUSES),
    sessionId: z.string(),
    to: z.string().describe('The chat that the message goes to.'),
    timestamp: z.iso.datetime().describe('When Waypost accepted it.'),
  })
  .openapi('GatewayMessage', {
    example: {
      messageId: 'msg_01k2q8z6m4c8f7h3n5r9t1v0wx',
      status: 'queued',
      sessionId: 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx',
      to: '15550100001@c.us',
      timestamp: '2026-11-21T10:00:00.000Z',
    },
  });
const responses = {
  200: {
    description: 'The message was settled within the time of `Prefer: wait`.',
    content: { 'application/json': { schema: envelope(GatewayMessage) } },
  },
  202: {
    description: 'The message is queued.',
    content: { 'application/json': { schema: envelope(GatewayMessage) } },
  },
};

async function call(c: Context<AppEnv>, operation: Row, given: Given): Promise<Response> {
  return answerGateway(c, await operation.call(c, given));
}

async function answerGateway(c: Context<AppEnv>, answer: Response): Promise<Response> {
  const { status, data } = await answerOf(answer, Sent);
  const { id: messageId, chatId, createdAt: timestamp } = data;
  const message = { messageId, status: data.status, sessionId: data.sessionId, to: chatId };
  return ok(c, { ...message, timestamp }, status, { sessionId: data.sessionId });
}

function sendFile(c: Context<AppEnv>, ...[file, whom]: Parameters<typeof fileSend>) {
  const { send: operation, given, ignored } = fileSend(file, whom);
  reportIgnored(c, ignored);
  return call(c, operation, given);
}

export const gatewayMessages: readonly Row[] = [
  alias({
    id: 'gatewaySend',
    method: 'post',
    path: '/api/send',
    summary: 'Send a text',
    calls: [sendText],
    headers: SendHeaders,
    body: {
      schema: z.object({ sessionId, to, text }),
      example: { sessionId: 'support', to: '+15550100001', text: 'Hello' },
    },
    responses,
    run: async ({ body }, c) =>
      call(c, sendText, { body: { sessionId: body.sessionId, to: body.to, text: body.text } }),
  }),
  alias({
    id: 'gatewaySendMedia',
    method: 'post',
    path: '/api/send-media',
    summary: 'Send a file by URL',
    calls: FILE_SENDS,
    headers: SendHeaders,
    body: {
      schema: z.object({ sessionId, to, ...fileFields }).superRefine(checkFile),
      example: {
        sessionId: 'support',
        to: '+15550100001',
        mediaUrl: 'https://files.example.com/photo.jpg',
        caption: 'Look',
      },
    },
    responses,
    run: async ({ body }, c) => sendFile(c, body, { sessionId: body.sessionId, to: body.to }),
  }),
  alias({
    id: 'gatewaySendGroup',
    method: 'post',
    path: '/api/send-group',
    summary: 'Send a text or a file to a group',
    calls: [sendText, ...FILE_SENDS],
    headers: SendHeaders,
    body: {
      schema: z
        .object({ sessionId, groupId: GroupId, text: text.optional(), ...fileFields })
        .superRefine((body, context) => {
          checkSpellings(body, context);
          if (namesFile(body) === (body.text !== undefined))
            context.addIssue({
              code: 'custom',
              path: ['text'],
              message: 'exactly one of `text` and `mediaUrl` is needed',
            });
        }),
      example: { sessionId: 'support', groupId: '120363012345678901@g.us', text: 'Hello' },
    },
    responses,
    run: async ({ body }, c) => {
      const whom = { sessionId: body.sessionId, to: body.groupId };
      return namesFile(body)
        ? sendFile(c, body, whom)
        : call(c, sendText, { body: { ...whom, text: body.text } });
    },
  }),
  alias({
    id: 'gatewayReply',
    method: 'post',
    path: '/api/reply',
    summary: 'Reply to a message with a text',
    description:
      'The reply goes to the chat of the message, from its session. A message of another session than `sessionId` is refused with `CONFLICT`.',
    calls: [operationOf(messages, 'replyMessage')],
    headers: SendHeaders,
    body: {
      schema: z.object({
        sessionId: SessionIdOrName.optional().openapi({ example: 'support' }),
        messageId: MessageId.shape.id.openapi({ example: MESSAGE_EXAMPLE }),
        text: MESSAGE_KINDS.text.fields.text,
      }),
      example: { sessionId: 'support', messageId: MESSAGE_EXAMPLE, text: 'Thanks, got it.' },
    },
    responses,
    run: async ({ ctx, headers, body }, c) => {
      const { sessionId: session = null, messageId: id, text: reply } = body;
      const terms = { ...SendTerms.parse({}), id, text: reply };
      const input = {
        ...(await readSendTerms('replyMessage', headers, terms)),
        session,
        to: null,
        quotedMessageId: id,
        ...contentOf(ctx, { text: reply }, 'text'),
      };
      return answerGateway(c, answerSend(c, await send({ ctx, input })));
    },
  }),
];
