import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { createWebhook as createWebhookVerb } from '../../services/webhooks/create-webhook.ts';
import { DEFAULT_ATTEMPTS } from '../../webhooks/retry-schedule.ts';
import { Secret, SECRET_SHOWN, WEBHOOK_SHOWN, WebhookFields, WebhookSchema } from './schemas.ts';

const Body = z.strictObject({
  url: WebhookFields.url,
  description: WebhookFields.description.default(null),
  eventTypes: WebhookFields.eventTypes.default(['*']),
  sessionIds: WebhookFields.sessionIds.default(null),
  headers: WebhookFields.headers.default({}),
  fifo: WebhookFields.fifo.default(false),
  maxAttempts: WebhookFields.maxAttempts.default(DEFAULT_ATTEMPTS),
});

const Created = WebhookSchema.extend({ secret: Secret }).openapi({
  example: { ...WEBHOOK_SHOWN, secret: SECRET_SHOWN },
});

export const createWebhook = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/webhooks',
      operationId: 'createWebhook',
      ...requiredScope('webhooks:write'),
      tags: ['Webhooks'],
      summary: 'Add a webhook endpoint',
      description:
        'The answer holds the signing secret, this once. A URL that may not be called is refused with the reason.',
      request: {
        body: jsonBody(Body, {
          url: 'https://example.com/hooks/waypost',
          eventTypes: ['message.received', 'message.delivered'],
        }),
      },
      responses: {
        201: answer('The endpoint, with its secret.', Created),
        ...errors('SESSION_NOT_FOUND', 'LIMIT_EXCEEDED'),
      },
    }),
    async (c) => {
      const { sessionIds, ...fields } = c.req.valid('json');
      const input = { ...fields, sessions: sessionIds };
      return ok(c, await createWebhookVerb({ ctx: c.get('ctx'), input }), 201);
    },
  );
