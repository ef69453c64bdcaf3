import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { testWebhook as testWebhookVerb } from '../../services/webhooks/test-webhook.ts';
import { WebhookId } from './schemas.ts';

const Sent = z.object({ eventId: z.string(), deliveryId: z.string() }).openapi('SentTest', {
  example: {
    eventId: 'evt_01k2q8z6m4c8f7h3n5r9t1v0wx',
    deliveryId: 'dlv_01k2q8z6m4c8f7h3n5r9t1v0wx',
  },
});

export const testWebhook = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/webhooks/{id}/test',
      operationId: 'testWebhook',
      ...requiredScope('webhooks:write'),
      tags: ['Webhooks'],
      summary: 'Send a webhook.test event to this endpoint',
      description:
        'It goes the way of every event, retries included; its deliveries say how it went.',
      request: { params: WebhookId },
      responses: { 202: answer('It is on its way.', Sent), ...errors('NOT_FOUND', 'CONFLICT') },
    }),
    async (c) =>
      ok(c, await testWebhookVerb({ ctx: c.get('ctx'), input: c.req.valid('param') }), 202),
  );
