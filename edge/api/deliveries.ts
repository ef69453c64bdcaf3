import { z } from '@hono/zod-openapi';
import { getDelivery } from '../services/deliveries/get-delivery.ts';
import { listDeliveries } from '../services/deliveries/list-deliveries.ts';
import { redeliver } from '../services/deliveries/redeliver.ts';
import { area, operation, withMeta } from './operation.ts';
import { scope } from './takes.ts';
import {
  DeliveryId,
  DeliveryInFull,
  DeliveryQuery,
  DeliverySchema,
  filtersOf,
  Redeliver,
  Redelivered,
  whichOf,
} from './webhooks/delivery-schemas.ts';
import { WebhookId } from './webhooks/schemas.ts';

export const deliveries = area('Webhooks', [
  operation({
    id: 'listDeliveries',
    method: 'get',
    path: '/v1/webhooks/{id}/deliveries',
    takes: scope('webhooks:read'),
    summary: 'List the deliveries to an endpoint with their attempts, newest first',
    params: WebhookId,
    query: DeliveryQuery,
    answer: [200, 'A page of deliveries.', z.array(DeliverySchema)],
    errors: ['NOT_FOUND', 'SESSION_NOT_FOUND'],
    run: async ({ ctx, params, query }) => {
      const { cursor = null, limit } = query;
      const input = { webhookId: params.id, ...filtersOf(query), cursor, limit };
      const { deliveries: page, nextCursor } = await listDeliveries({ ctx, input });
      return withMeta(page, { nextCursor });
    },
  }),
  operation({
    id: 'redeliver',
    method: 'post',
    path: '/v1/webhooks/{id}/redeliver',
    takes: scope('webhooks:write'),
    summary: 'Deliver to an endpoint again',
    description:
      'Pass `deliveryIds`, `failedSince`, or `events`. Each delivery keeps its event id and restarts its retry schedule. One that waits for a retry is sent now. A request takes up 1,000 deliveries at most, the oldest first: while `more` is true, repeat it, for `events` with `lastSeq` as `after`.',
    params: WebhookId,
    body: {
      schema: Redeliver,
      example: { deliveryIds: ['dlv_01k2q8z6m4c8f7h3n5r9t1v0wx'] },
    },
    answer: [202, 'They are on their way.', Redelivered],
    errors: ['NOT_FOUND', 'CONFLICT', 'QUEUE_FULL'],
    run: ({ ctx, params, body }) =>
      redeliver({ ctx, input: { webhookId: params.id, which: whichOf(body) } }),
  }),
  operation({
    id: 'getDelivery',
    method: 'get',
    path: '/v1/deliveries/{id}',
    takes: scope('webhooks:read'),
    summary: 'Get a delivery, with what each attempt sent',
    params: DeliveryId,
    answer: [200, 'The delivery.', DeliveryInFull],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => getDelivery({ ctx, input: params }),
  }),
  operation({
    id: 'redeliverOne',
    method: 'post',
    path: '/v1/deliveries/{id}/redeliver',
    takes: scope('webhooks:write'),
    summary: 'Deliver one event to its endpoint again',
    description: 'The retry schedule restarts. A delivery that waits for a retry is sent now.',
    params: DeliveryId,
    answer: [202, 'It is on its way.', Redelivered],
    errors: ['NOT_FOUND', 'CONFLICT', 'QUEUE_FULL'],
    run: async ({ ctx, params: { id } }) => {
      const { webhookId } = await getDelivery({ ctx, input: { id } });
      return redeliver({ ctx, input: { webhookId, which: { deliveryIds: [id] } } });
    },
  }),
]);
