import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { replyMessage as replyMessageVerb } from '../../services/messages/reply-message.ts';
import { answerSend } from './answer-send.ts';
import { readSendTerms } from './read-send-terms.ts';
import {
  MessageId,
  SEND_ERRORS,
  sendAnswers,
  SendFields,
  SendHeaders,
  TextField,
} from './schemas.ts';

const Body = z.strictObject({
  text: TextField,
  linkPreview: z.boolean().default(true),
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
      const answer = await replyMessageVerb({
        ctx: c.get('ctx'),
        input: {
          ...(await readSendTerms('replyMessage', c.req.valid('header'), { ...body, id })),
          messageId: id,
          text,
          linkPreview,
        },
      });
      return answerSend(c, answer);
    },
  );
