import { createRoute, z } from '@hono/zod-openapi';
import { MESSAGE_KINDS } from '../../../shared/catalogue/message-kinds.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { send } from '../../services/messages/send.ts';
import { answerSend } from './answer-send.ts';
import { readSendTerms } from './read-send-terms.ts';
import { MessageId, SEND_ERRORS, sendAnswers, SendFields, SendHeaders } from './schemas.ts';

const Body = z.strictObject({
  ...MESSAGE_KINDS.text.fields,
  expiresIn: SendFields.expiresIn,
  sendAt: SendFields.sendAt,
});

export const replyMessage = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/messages/{id}/reply',
      operationId: 'replyMessage',
      ...requiredScope('messages:send'),
      tags: ['Messages'],
      summary: 'Reply to a message',
      description: 'Queues a text that quotes the message, in its chat and from its session.',
      request: {
        params: MessageId,
        headers: SendHeaders,
        body: jsonBody(Body, { text: 'Thanks, got it.' }),
      },
      responses: {
        ...sendAnswers,
        ...errors('NOT_FOUND', 'CONFLICT', ...SEND_ERRORS),
      },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const { id } = c.req.valid('param');
      const { text, linkPreview } = body;
      const answer = await send({
        ctx: c.get('ctx'),
        input: {
          ...(await readSendTerms('replyMessage', c.req.valid('header'), { ...body, id })),
          session: null,
          to: { quotedMessageId: id },
          said: { type: 'text', text, linkPreview },
          file: null,
        },
      });
      return answerSend(c, answer);
    },
  );
