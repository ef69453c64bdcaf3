import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { rotateWebhookSecret as rotateVerb } from '../../services/webhooks/rotate-webhook-secret.ts';
import { Secret, SECRET_SHOWN, WEBHOOK_SHOWN, WebhookId, WebhookSchema } from './schemas.ts';

const DAY_SECONDS = 86_400;

const Body = z.strictObject({
  overlapSeconds: z
    .number()
    .int()
    .min(0)
    .max(7 * DAY_SECONDS)
    .default(DAY_SECONDS)
    .openapi({
      description: 'How long the old secret signs beside the new one.',
    }),
});

const Rotated = WebhookSchema.extend({
  secret: Secret,
  previousSecretUntil: z.iso.datetime(),
}).openapi({
  example: {
    ...WEBHOOK_SHOWN,
    secret: SECRET_SHOWN,
    previousSecretUntil: '2026-11-22T10:00:00.000Z',
  },
});

export const rotateWebhookSecret = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/webhooks/{id}/rotate-secret',
      operationId: 'rotateWebhookSecret',
      ...requiredScope('webhooks:write'),
      tags: ['Webhooks'],
      summary: 'Give an endpoint a new signing secret',
      request: {
        params: WebhookId,
        body: {
          content: {
            'application/json': { schema: Body, example: { overlapSeconds: DAY_SECONDS } },
          },
        },
      },
      responses: {
        200: answer('The endpoint, with its new secret.', Rotated),
        ...errors('NOT_FOUND'),
      },
    }),
    async (c) => {
      // Without a body the validator gives nothing at all.
      const { overlapSeconds } = Body.parse(c.req.valid('json') ?? {});
      const input = { ...c.req.valid('param'), overlapSeconds };
      return ok(c, await rotateVerb({ ctx: c.get('ctx'), input }), 200);
    },
  );
