import { z } from '@hono/zod-openapi';
import { createWebhook } from '../services/webhooks/create-webhook.ts';
import { deleteWebhook } from '../services/webhooks/delete-webhook.ts';
import { getWebhook } from '../services/webhooks/get-webhook.ts';
import { listWebhooks } from '../services/webhooks/list-webhooks.ts';
import { rotateWebhookSecret } from '../services/webhooks/rotate-webhook-secret.ts';
import { testWebhook } from '../services/webhooks/test-webhook.ts';
import { updateWebhook } from '../services/webhooks/update-webhook.ts';
import { Deleted } from './deleted.ts';
import { area, operation } from './operation.ts';
import { Rotation } from './rotation.ts';
import { scope } from './takes.ts';
import {
  CreatedWebhook,
  CreateWebhook,
  changesOf,
  newEndpointOf,
  RotatedWebhook,
  SentTest,
  TestEvent,
  UpdateWebhook,
  WebhookId,
  WebhookSchema,
} from './webhooks/schemas.ts';

export const webhooks = area('Webhooks', [
  operation({
    id: 'createWebhook',
    method: 'post',
    path: '/v1/webhooks',
    takes: scope('webhooks:write'),
    summary: 'Add a webhook endpoint',
    description:
      'The signing secret is shown only in this answer. A URL that cannot be called is refused with the reason.',
    body: {
      schema: CreateWebhook,
      example: {
        url: 'https://example.com/hooks/waypost',
        eventTypes: ['message.received', 'message.delivered'],
      },
    },
    answer: [201, 'The endpoint, with its secret.', CreatedWebhook],
    errors: ['SESSION_NOT_FOUND', 'LIMIT_EXCEEDED'],
    run: ({ ctx, body }) => createWebhook({ ctx, input: newEndpointOf(body) }),
  }),
  operation({
    id: 'listWebhooks',
    method: 'get',
    path: '/v1/webhooks',
    takes: scope('webhooks:read'),
    summary: 'List webhook endpoints, oldest first',
    answer: [200, 'All endpoints.', z.array(WebhookSchema)],
    run: ({ ctx }) => listWebhooks({ ctx }),
  }),
  operation({
    id: 'getWebhook',
    method: 'get',
    path: '/v1/webhooks/{id}',
    takes: scope('webhooks:read'),
    summary: 'Get a webhook endpoint',
    params: WebhookId,
    answer: [200, 'The endpoint.', WebhookSchema],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => getWebhook({ ctx, input: params }),
  }),
  operation({
    id: 'updateWebhook',
    method: 'patch',
    path: '/v1/webhooks/{id}',
    takes: scope('webhooks:write'),
    summary: 'Change a webhook endpoint',
    description:
      'Omitted fields stay as they are. Switching an endpoint off cancels its pending deliveries.',
    params: WebhookId,
    body: { schema: UpdateWebhook, example: { isActive: true } },
    answer: [200, 'The endpoint.', WebhookSchema],
    errors: ['NOT_FOUND', 'SESSION_NOT_FOUND'],
    run: ({ ctx, params, body }) =>
      updateWebhook({ ctx, input: { ...params, changes: changesOf(body) } }),
  }),
  operation({
    id: 'deleteWebhook',
    method: 'delete',
    path: '/v1/webhooks/{id}',
    takes: scope('webhooks:write'),
    summary: 'Delete a webhook endpoint and its delivery log',
    params: WebhookId,
    answer: [200, 'The endpoint is deleted.', Deleted],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => deleteWebhook({ ctx, input: params }),
  }),
  operation({
    id: 'rotateWebhookSecret',
    method: 'post',
    path: '/v1/webhooks/{id}/rotate-secret',
    takes: scope('webhooks:write'),
    summary: 'Give an endpoint a new signing secret',
    description: 'Requests are signed with both secrets until the overlap ends.',
    params: WebhookId,
    body: { schema: Rotation, example: { overlapSeconds: 86_400 }, optional: true },
    answer: [200, 'The endpoint, with its new secret.', RotatedWebhook],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params, body }) => rotateWebhookSecret({ ctx, input: { ...params, ...body } }),
  }),
  operation({
    id: 'testWebhook',
    method: 'post',
    path: '/v1/webhooks/{id}/test',
    takes: scope('webhooks:write'),
    summary: 'Send a test event to this endpoint',
    description:
      'It is delivered like every other event, retries included; the delivery log shows the outcome. By default it is a `webhook.test`. With `type` the endpoint receives a sample of that type or alias, with the header `webhook-test: true`.',
    params: WebhookId,
    body: { schema: TestEvent, example: { type: 'message.received' }, optional: true },
    answer: [202, 'The event is on its way.', SentTest],
    errors: ['NOT_FOUND', 'CONFLICT', 'QUEUE_FULL'],
    run: ({ ctx, params, body: { type = null } }) =>
      testWebhook({ ctx, input: { ...params, type } }),
  }),
]);
