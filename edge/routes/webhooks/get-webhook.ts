import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { getWebhook as getWebhookVerb } from '../../services/webhooks/get-webhook.ts';
import { WebhookId, WebhookSchema } from './schemas.ts';

export const getWebhook = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/webhooks/{id}',
      operationId: 'getWebhook',
      ...requiredScope('webhooks:read'),
      tags: ['Webhooks'],
      summary: 'Get a webhook endpoint',
      request: { params: WebhookId },
      responses: { 200: answer('The endpoint.', WebhookSchema), ...errors('NOT_FOUND') },
    }),
    async (c) =>
      ok(c, await getWebhookVerb({ ctx: c.get('ctx'), input: c.req.valid('param') }), 200),
  );
