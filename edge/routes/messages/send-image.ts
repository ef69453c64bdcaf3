import { createRoute, z } from '@hono/zod-openapi';
import { TEXT_LIMIT } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { sendImage as sendImageVerb } from '../../services/messages/send-image.ts';
import { answerSend } from './answer-send.ts';
import { readSendTerms } from './read-send-terms.ts';
import { Recipient, SEND_ERRORS, sendAnswers, SendFields, SendHeaders } from './schemas.ts';

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
        ...errors('SESSION_NOT_FOUND', 'MEDIA_REJECTED', ...SEND_ERRORS),
      },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const { sessionId, to, url, caption } = body;
      const answer = await sendImageVerb({
        ctx: c.get('ctx'),
        input: {
          ...(await readSendTerms('sendImage', c.req.valid('header'), body)),
          session: sessionId ?? null,
          chatId: to,
          url,
          caption: caption ?? null,
        },
      });
      return answerSend(c, answer);
    },
  );
