import { createRoute, z } from '@hono/zod-openapi';
import { TEXT_LIMIT } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { IDEMPOTENCY_ERRORS, idempotencyOf } from '../../http/idempotency-key.ts';
import { readWaitMs } from '../../http/prefer.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { sendImage as sendImageVerb } from '../../services/messages/send-image.ts';
import { answerSend } from './answer-send.ts';
import { Recipient, sendAnswers, SendFields, SendHeaders } from './schemas.ts';

const Body = z.strictObject({
  ...SendFields,
  to: Recipient,
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(2048)
    .openapi({ description: 'A JPEG, PNG, GIF or WebP image of at most 16 MB.' }),
  caption: z.string().max(TEXT_LIMIT).optional(),
});

export const sendImage = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/messages/image',
      operationId: 'sendImage',
      ...requiredScope('messages:send'),
      tags: ['Messages'],
      summary: 'Send an image by URL',
      description:
        'Fetches the image first, then queues it. `MEDIA_REJECTED` says in `details.reason` why a URL gave no image: blocked, unreachable, http_status, too_large, empty, not_an_image.',
      request: {
        headers: SendHeaders,
        body: jsonBody(Body, {
          to: '+15550100001',
          url: 'https://example.com/picture.jpg',
          caption: 'Look',
        }),
      },
      responses: {
        ...sendAnswers,
        ...errors(
          'SESSION_NOT_FOUND',
          'SESSION_NOT_READY',
          'MEDIA_REJECTED',
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
      const { sessionId, to, url, caption, expiresIn, sendAt } = body;
      const { 'idempotency-key': key, prefer } = c.req.valid('header');
      const answer = await sendImageVerb({
        ctx: c.get('ctx'),
        input: {
          session: sessionId ?? null,
          chatId: to,
          url,
          caption: caption ?? null,
          expiresInSeconds: expiresIn,
          sendAt: sendAt ?? null,
          waitMs: readWaitMs(prefer),
          idempotency: await idempotencyOf(key, 'sendImage', body),
        },
      });
      return answerSend(c, answer);
    },
  );
