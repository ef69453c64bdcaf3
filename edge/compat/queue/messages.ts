import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import { messages } from '../../api/messages.ts';
import { MESSAGE_EXAMPLE, SendHeaders, SESSION_EXAMPLE } from '../../api/messages/schemas.ts';
import type { Row } from '../../api/operation.ts';
import type { AppEnv } from '../../context.ts';
import { alias, answerOf, operationOf, reportIgnored } from '../alias.ts';
import { checkFile, FILE_SENDS, fileFields, fileSend } from '../file-to-send.ts';
import { Sent, sessionId, to } from '../send-fields.ts';
import { answerQueue, queueAnswer } from './dialect.ts';

const sendText = operationOf(messages, 'sendText');

const QueuedMessage = z
  .object({
    messageId: z.string(),
    status: z.enum(MESSAGE_STATUSES),
    sessionId: z.string(),
    to: z.string().describe('The chat that the message goes to.'),
    queuedAt: z.iso.datetime(),
  })
  .openapi('QueuedMessage', {
    example: {
      messageId: MESSAGE_EXAMPLE,
      status: 'queued',
      sessionId: SESSION_EXAMPLE,
      to: '15550100001@c.us',
      queuedAt: '2026-11-21T10:00:00.000Z',
    },
  });

const responses = {
  200: queueAnswer('The message was settled within the time of `Prefer: wait`.', QueuedMessage),
  202: queueAnswer('The message is queued.', QueuedMessage),
};

async function answerQueued(c: Context<AppEnv>, answer: Response): Promise<Response> {
  const { status, data } = await answerOf(answer, Sent);
  const { id, chatId, createdAt, ...rest } = data;
  return answerQueue(c, { messageId: id, ...rest, to: chatId, queuedAt: createdAt }, status);
}

export const queueMessages: readonly Row[] = [
  alias({
    id: 'queueSendText',
    method: 'post',
    path: '/api/v1/messages/text',
    summary: 'Queue a text',
    calls: [sendText],
    headers: SendHeaders,
    body: {
      schema: z.object({ sessionId, to, text: z.string() }),
      example: { sessionId: 'support', to: '+15550100001', text: 'Hello' },
    },
    responses,
    run: async ({ body }, c) => {
      const { sessionId: session, to: whom, text } = body;
      return answerQueued(
        c,
        await sendText.call(c, { body: { sessionId: session, to: whom, text } }),
      );
    },
  }),
  alias({
    id: 'queueSendMedia',
    method: 'post',
    path: '/api/v1/messages/media',
    summary: 'Queue a file by URL',
    calls: FILE_SENDS,
    headers: SendHeaders,
    body: {
      schema: z.object({ sessionId, to, ...fileFields }).superRefine(checkFile),
      example: {
        sessionId: 'support',
        to: '+15550100001',
        mediaUrl: 'https://files.example.com/invoice.pdf',
        filename: 'invoice.pdf',
        caption: 'Your invoice',
      },
    },
    responses,
    run: async ({ body }, c) => {
      const whom = { sessionId: body.sessionId, to: body.to };
      const { send, given, ignored } = fileSend(body, whom);
      reportIgnored(c, ignored);
      return answerQueued(c, await send.call(c, given));
    },
  }),
];
