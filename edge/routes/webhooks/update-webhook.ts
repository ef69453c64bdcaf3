import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { updateWebhook as updateWebhookVerb } from '../../services/webhooks/update-webhook.ts';
import { WebhookFields, WebhookId, WebhookSchema } from './schemas.ts';

const Body = z.strictObject({ ...WebhookFields, isActive: z.boolean() }).partial();

export const updateWebhook = (app: App) =>
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/v1/webhooks/{id}',
      operationId: 'updateWebhook',
      ...requiredScope('webhooks:write'),
      tags: ['Webhooks'],
      summary: 'Change a webhook endpoint',
      description:
        'Fields that are not given stay. While an endpoint is off, its deliveries are cancelled.',
      request: { params: WebhookId, body: jsonBody(Body, { isActive: true }) },
      responses: {
        200: answer('The endpoint.', WebhookSchema),
        ...errors('NOT_FOUND', 'SESSION_NOT_FOUND'),
      },
    }),
    async (c) => {
      const { sessionIds, ...fields } = c.req.valid('json');
      const input = { ...c.req.valid('param'), changes: { ...fields, sessions: sessionIds } };
      return ok(c, await updateWebhookVerb({ ctx: c.get('ctx'), input }), 200);
    },
  );
