import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { listWebhooks as listWebhooksVerb } from '../../services/webhooks/list-webhooks.ts';
import { WebhookSchema } from './schemas.ts';

export const listWebhooks = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/webhooks',
      operationId: 'listWebhooks',
      ...requiredScope('webhooks:read'),
      tags: ['Webhooks'],
      summary: 'List webhook endpoints, oldest first',
      responses: { 200: answer('All endpoints.', z.array(WebhookSchema)), ...errorResponses },
    }),
    async (c) => ok(c, await listWebhooksVerb({ ctx: c.get('ctx') }), 200),
  );
