import { z } from '@hono/zod-openapi';
import { PageQuery } from '../../http/cursor.ts';

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

export const DeliverySchema = z
  .object({
    id: z.string(),
    eventId: z.string().describe('The `webhook-id` header of the requests.'),
    eventType: z.string(),
    eventSeq: z.number().int(),
    status: z.enum(STATUSES),
    nextAttemptAt: z.iso.datetime().nullable(),
    lastStatusCode: z.number().int().nullable(),
    lastError: z.string().nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    attempts: z.array(Attempt),
  })
  .openapi('Delivery', {
    example: {
      id: 'dlv_01k2q8z6m4c8f7h3n5r9t1v0wx',
      eventId: 'evt_01k2q8z6m4c8f7h3n5r9t1v0wx',
      eventType: 'message.received',
      eventSeq: 42,
      status: 'delivered',
      nextAttemptAt: null,
      lastStatusCode: 200,
      lastError: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      finishedAt: '2026-01-01T00:00:00.120Z',
      attempts: [
        {
          attemptNo: 1,
          startedAt: '2026-01-01T00:00:00.050Z',
          durationMs: 70,
          statusCode: 200,
          error: null,
          responseExcerpt: 'ok',
        },
      ],
    },
  });

export const DeliveryQuery = z.object({ ...PageQuery, status: z.enum(STATUSES).optional() });
