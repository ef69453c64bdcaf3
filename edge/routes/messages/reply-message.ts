import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { IDEMPOTENCY_ERRORS, idempotencyOf } from '../../http/idempotency-key.ts';
import { readWaitMs } from '../../http/prefer.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { replyMessage as replyMessageVerb } from '../../services/messages/reply-message.ts';
import { answerSend } from './answer-send.ts';
import { MessageId, sendAnswers, SendFields, SendHeaders, TextField } from './schemas.ts';

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
        ...errors(
          'NOT_FOUND',
          'SESSION_NOT_READY',
          'CONFLICT',
          'QUEUE_FULL',
          'EXPIRED',
          'RECIPIENT_NOT_ON_WHATSAPP',
          'MESSAGE_FAILED',
          ...IDEMPOTENCY_ERRORS,
        ),
      },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const { id } = c.req.valid('param');
      const { text, linkPreview, expiresIn, sendAt } = body;
      const { 'idempotency-key': key, prefer } = c.req.valid('header');
      const answer = await replyMessageVerb({
        ctx: c.get('ctx'),
        input: {
          messageId: id,
          text,
          linkPreview,
          expiresInSeconds: expiresIn,
          sendAt: sendAt ?? null,
          waitMs: readWaitMs(prefer),
          idempotency: await idempotencyOf(key, 'replyMessage', { ...body, id }),
        },
      });
      return answerSend(c, answer);
    },
  );
