import { createRoute, z } from '@hono/zod-openapi';
import { TEXT_LIMIT } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { IDEMPOTENCY_ERRORS, idempotencyOf } from '../../http/idempotency-key.ts';
import { readWaitMs } from '../../http/prefer.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { sendText as sendTextVerb } from '../../services/messages/send-text.ts';
import { answerSend } from './answer-send.ts';
import { Recipient, sendAnswers, SendFields, SendHeaders, TextField } from './schemas.ts';

const Body = z.strictObject({
  ...SendFields,
  to: Recipient,
  text: TextField,
  linkPreview: z.boolean().default(true),
});

export const sendText = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/messages/text',
      operationId: 'sendText',
      ...requiredScope('messages:send'),
      tags: ['Messages'],
      summary: 'Send a text',
      description: `Queues a text of up to ${TEXT_LIMIT} characters. Order within a session is kept.`,
      request: {
        headers: SendHeaders,
        body: jsonBody(Body, { to: '+15550100001', text: 'Hello from Waypost' }),
      },
      responses: {
        ...sendAnswers,
        ...errors(
          'SESSION_NOT_FOUND',
          'SESSION_NOT_READY',
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
      const { sessionId, to, text, linkPreview, expiresIn, sendAt } = body;
      const { 'idempotency-key': key, prefer } = c.req.valid('header');
      const answer = await sendTextVerb({
        ctx: c.get('ctx'),
        input: {
          session: sessionId ?? null,
          chatId: to,
          text,
          linkPreview,
          expiresInSeconds: expiresIn,
          sendAt: sendAt ?? null,
          waitMs: readWaitMs(prefer),
          idempotency: await idempotencyOf(key, 'sendText', body),
        },
      });
      return answerSend(c, answer);
    },
  );
