import { createRoute, z } from '@hono/zod-openapi';
import { TEXT_LIMIT } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { sendText as sendTextVerb } from '../../services/messages/send-text.ts';
import { answerSend } from './answer-send.ts';
import { readSendTerms } from './read-send-terms.ts';
import {
  Recipient,
  SEND_ERRORS,
  sendAnswers,
  SendFields,
  SendHeaders,
  TextField,
} from './schemas.ts';

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
        ...errors('SESSION_NOT_FOUND', ...SEND_ERRORS),
      },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const { sessionId, to, text, linkPreview } = body;
      const answer = await sendTextVerb({
        ctx: c.get('ctx'),
        input: {
          ...(await readSendTerms('sendText', c.req.valid('header'), body)),
          session: sessionId ?? null,
          chatId: to,
          text,
          linkPreview,
        },
      });
      return answerSend(c, answer);
    },
  );
