import { z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { PATIENCE } from '../../webhooks/patience.ts';
import { WebhookEvent } from './schemas.ts';

const Headers = z.object({
  'webhook-id': z.string().openapi({ description: 'The id of the event.' }),
  'webhook-timestamp': z
    .string()
    .openapi({ description: 'When this attempt was made, in Unix seconds.' }),
  'webhook-signature': z.string().openapi({
    description: 'Signature by Standard Webhooks; two while a secret is being rotated.',
    example: 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  }),
  'x-signature': z.string().openapi({
    description: 'The same proof as HMAC-SHA-256 of `<timestamp>.<body>` in hex.',
    example: 't=1795257718,v1=2b0f…',
  }),
});

/** What endpoints receive, for `webhooks` of the OpenAPI document. */
export function describeReceivedEvent(app: App): void {
  app.openAPIRegistry.registerWebhook({
    method: 'post',
    path: 'event',
    operationId: 'receiveEvent',
    tags: ['Webhooks'],
    summary: 'An event that an endpoint subscribed to',
    description: `Sent to the endpoint's URL with its own headers beside these. Any 2xx within ${PATIENCE.fullMs / 1_000} seconds accepts it; after any other answer, or none, the delivery is retried.`,
    security: [],
    request: {
      headers: Headers,
      body: { required: true, content: { 'application/json': { schema: WebhookEvent } } },
    },
    responses: {
      '2XX': { description: 'The event was accepted.' },
      410: { description: 'The endpoint is gone: Waypost switches it off.' },
    },
  });
}
