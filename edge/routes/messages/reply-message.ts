import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { readWaitMs } from '../../http/prefer.ts';
import { replyMessage as replyMessageVerb } from '../../services/messages/reply-message.ts';
import { answerSend } from './answer-send.ts';
import { MessageId, PreferHeader, sendAnswers, SendFields, TextField } from './schemas.ts';

const Body = z.strictObject({
  text: TextField,
  linkPreview: z.boolean().default(true),
  expiresIn: SendFields.expiresIn,
});

export const replyMessage = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/messages/{id}/reply',
      operationId: 'replyMessage',
      tags: ['Messages'],
      summary: 'Reply to a message',
      description: 'Queues a text that quotes the message, in its chat and from its session.',
      request: {
        params: MessageId,
        headers: PreferHeader,
        body: jsonBody(Body, { text: 'Thanks, got it.' }),
      },
      responses: {
        ...sendAnswers,
        ...errors('NOT_FOUND', 'SESSION_NOT_READY', 'CONFLICT', 'QUEUE_FULL', 'EXPIRED'),
      },
    }),
    async (c) => {
      const { text, linkPreview, expiresIn } = c.req.valid('json');
      const message = await replyMessageVerb({
        ctx: c.get('ctx'),
        input: {
          messageId: c.req.valid('param').id,
          text,
          linkPreview,
          expiresInSeconds: expiresIn,
          waitMs: readWaitMs(c.req.header('prefer')),
        },
      });
      return answerSend(c, message);
    },
  );
