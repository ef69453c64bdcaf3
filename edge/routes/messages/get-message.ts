import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { getMessage as getMessageVerb } from '../../services/messages/get-message.ts';
import { MessageId, MessageSchema } from './schemas.ts';

export const getMessage = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/messages/{id}',
      operationId: 'getMessage',
      ...requiredScope('messages:read'),
      tags: ['Messages'],
      summary: 'Get a message',
      request: { params: MessageId },
      responses: { 200: answer('The message.', MessageSchema), ...errors('NOT_FOUND') },
    }),
    async (c) => {
      const message = await getMessageVerb({ ctx: c.get('ctx'), input: c.req.valid('param') });
      return ok(c, message, 200, { sessionId: message.sessionId });
    },
  );
