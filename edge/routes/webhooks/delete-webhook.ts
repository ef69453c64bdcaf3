import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { deleteWebhook as deleteWebhookVerb } from '../../services/webhooks/delete-webhook.ts';
import { WebhookId } from './schemas.ts';

const Deleted = z.object({ id: z.string(), deleted: z.literal(true) }).openapi('DeletedWebhook', {
  example: { id: 'whk_01k2q8z6m4c8f7h3n5r9t1v0wx', deleted: true },
});

export const deleteWebhook = (app: App) =>
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/v1/webhooks/{id}',
      operationId: 'deleteWebhook',
      ...requiredScope('webhooks:write'),
      tags: ['Webhooks'],
      summary: 'Delete a webhook endpoint and its delivery log',
      request: { params: WebhookId },
      responses: { 200: answer('It is gone.', Deleted), ...errors('NOT_FOUND') },
    }),
    async (c) =>
      ok(c, await deleteWebhookVerb({ ctx: c.get('ctx'), input: c.req.valid('param') }), 200),
  );
