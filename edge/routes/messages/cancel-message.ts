import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { cancelMessage as cancelMessageVerb } from '../../services/messages/cancel-message.ts';
import { MessageId, MessageSchema } from './schemas.ts';

export const cancelMessage = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/messages/{id}/cancel',
      operationId: 'cancelMessage',
      ...requiredScope('messages:send'),
      tags: ['Messages'],
      summary: 'Cancel a queued message',
      description:
        'The message fails as `CANCELLED`. One that a runner has taken up already is `CONFLICT`, with its status in `details`.',
      request: { params: MessageId },
      responses: {
        200: answer('The message, now failed.', MessageSchema),
        ...errors('NOT_FOUND', 'CONFLICT'),
      },
    }),
    async (c) => {
      const message = await cancelMessageVerb({ ctx: c.get('ctx'), input: c.req.valid('param') });
      return ok(c, message, 200, { sessionId: message.sessionId });
    },
  );
