import { z } from '@hono/zod-openapi';
import { isId } from '../../../shared/ids.ts';
import { PageQuery } from '../../http/cursor.ts';
import type { DeliveryFilters } from '../../services/deliveries/list-deliveries.ts';
import type { Which } from '../../services/deliveries/redeliver.ts';
import { Moment } from '../moment-field.ts';
import { SessionLookup } from '../name-fields.ts';
import { SubscriptionList } from './schemas.ts';

const isDeliveryId = (id: string) => isId('delivery', id);
const NO_ID = 'must be a delivery id (dlv_…)';

export const DeliveryId = z.object({
  id: z
    .string()
    .refine(isDeliveryId, NO_ID)
    .openapi({ param: { name: 'id', in: 'path' }, example: 'dlv_01k2q8z6m4c8f7h3n5r9t1v0wx' }),
});

const STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;

const Attempt = z
  .object({
    attemptNo: z.number().int(),
    startedAt: z.iso.datetime(),
    durationMs: z.number().int(),
    statusCode: z.number().int().nullable(),
    error: z.string().nullable(),
    responseExcerpt: z.string().nullable().describe('The first 2 KiB of the response.'),
  })
  .openapi('DeliveryAttempt');

const FullAttempt = Attempt.extend({
  requestHeaders: z
    .record(z.string(), z.string())
    .nullable()
    .describe('Headers as sent; values of the endpoint’s own are `***`.'),
}).openapi('DeliveryAttemptInFull');

const SHOWN = {
  id: 'dlv_01k2q8z6m4c8f7h3n5r9t1v0wx',
  webhookId: 'whk_01k2q8z6m4c8f7h3n5r9t1v0wx',
  eventId: 'evt_01k2q8z6m4c8f7h3n5r9t1v0wx',
  eventType: 'message.received',
  eventSeq: 42,
  sessionId: 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx',
  status: 'delivered' as const,
  nextAttemptAt: null,
  lastStatusCode: 200,
  lastError: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:00.120Z',
};
const ATTEMPT_SHOWN = {
  attemptNo: 1,
  startedAt: '2026-01-01T00:00:00.050Z',
  durationMs: 70,
  statusCode: 200,
  error: null,
  responseExcerpt: 'ok',
};

export const DeliverySchema = z
  .object({
    id: z.string(),
    webhookId: z.string(),
    eventId: z.string().describe('The `webhook-id` header of the requests.'),
    eventType: z.string(),
    eventSeq: z.number().int(),
    sessionId: z.string().nullable().describe('Session of the event, if it has one.'),
    status: z.enum(STATUSES),
    nextAttemptAt: z.iso.datetime().nullable(),
    lastStatusCode: z.number().int().nullable(),
    lastError: z.string().nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    attempts: z.array(Attempt),
  })
  .openapi('Delivery', { example: { ...SHOWN, attempts: [ATTEMPT_SHOWN] } });

export const DeliveryInFull = DeliverySchema.extend({
  attempts: z.array(FullAttempt),
}).openapi('DeliveryInFull', {
  example: {
    ...SHOWN,
    attempts: [
      {
        ...ATTEMPT_SHOWN,
        requestHeaders: {
          'user-agent': 'Waypost-Webhooks/1',
          authorization: '***',
          'content-type': 'application/json',
          'webhook-id': 'evt_01k2q8z6m4c8f7h3n5r9t1v0wx',
          'webhook-timestamp': '1767225600',
        },
      },
    ],
  },
});

export const DeliveryQuery = z.object({
  ...PageQuery,
  status: z.enum(STATUSES).optional(),
  types: SubscriptionList.optional(),
  sessionId: SessionLookup.optional().openapi({ description: 'Id or name.' }),
  since: Moment.optional().openapi({ description: 'Only deliveries made from this time on.' }),
  until: Moment.optional().openapi({ description: 'Only deliveries made before this time.' }),
});

export const filtersOf = (query: z.output<typeof DeliveryQuery>): DeliveryFilters => ({
  status: query.status ?? null,
  types: query.types ?? null,
  session: query.sessionId ?? null,
  since: query.since ?? null,
  until: query.until ?? null,
});

const Seq = z.number().int().min(0);

export const Redeliver = z
  .strictObject({
    deliveryIds: z
      .array(z.string().refine(isDeliveryId, NO_ID))
      .min(1)
      .max(100)
      .optional()
      .openapi({ description: 'These deliveries, whatever became of them.' }),
    failedSince: Moment.optional().openapi({
      description: 'All deliveries that have failed since this time.',
    }),
    events: z
      .strictObject({
        after: Seq.openapi({ description: '`seq` before the first event.' }),
        upTo: Seq.openapi({ description: '`seq` of the last event.' }),
      })
      .optional()
      .openapi({
        description:
          'A range of events: those that the endpoint subscribes to, also from before it was created.',
      }),
  })
  .refine(
    (body) => Object.values(body).filter((value) => value !== undefined).length === 1,
    'pass one of `deliveryIds`, `failedSince` and `events`',
  );

export function whichOf({ deliveryIds, failedSince, events }: z.output<typeof Redeliver>): Which {
  if (deliveryIds !== undefined) return { deliveryIds };
  if (failedSince !== undefined) return { failedSince };
  return events ?? { deliveryIds: [] };
}

export const Redelivered = z
  .object({
    redelivered: z.number().int(),
    more: z.boolean().describe('There may be more: repeat the request.'),
    lastSeq: z.number().int().nullable().describe('`seq` of the last event that was taken up.'),
  })
  .openapi('Redelivered', { example: { redelivered: 12, more: false, lastSeq: 42 } });
