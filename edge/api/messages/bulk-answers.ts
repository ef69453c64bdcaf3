import { z } from '@hono/zod-openapi';
import { LEFT_OUT_REASONS } from '../../db/schema/bulks.ts';

export const BULK_EXAMPLE = 'blk_01k2q8z6m4c8f7h3n5r9t1v0wx';

export const BulkId = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name: 'id', in: 'path' }, example: BULK_EXAMPLE }),
});

const Count = z.number().int();

const example = {
  id: BULK_EXAMPLE,
  sessionId: 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx',
  type: 'text',
  status: 'running' as const,
  recipients: 3,
  messages: 2,
  firstContacts: 1,
  counts: {
    queued: 1,
    sending: 0,
    unknown: 0,
    failed: 0,
    sent: 0,
    delivered: 1,
    read: 0,
    played: 0,
  },
  cancelled: 0,
  firstSendAt: '2026-11-21T10:00:00.000Z',
  lastSendAt: '2026-11-21T10:00:01.700Z',
  createdAt: '2026-11-21T10:00:00.000Z',
  cancelledAt: null,
};

export const BulkSchema = z
  .object({
    id: z.string(),
    sessionId: z.string(),
    type: z.string(),
    status: z
      .enum(['running', 'finished'])
      .describe('`finished` when no message is queued or being sent any more.'),
    recipients: Count.describe('How many recipients the call had.'),
    messages: Count.describe('How many of them get a message.'),
    firstContacts: Count.describe('To how many of them it is the first message.'),
    counts: z
      .object({
        queued: Count,
        sending: Count,
        unknown: Count,
        failed: Count,
        sent: Count,
        delivered: Count,
        read: Count,
        played: Count,
      })
      .describe('Its messages by their status.')
      .openapi('BulkCounts'),
    cancelled: Count.describe('How many of the failed messages were cancelled.'),
    firstSendAt: z.iso.datetime().nullable().describe('When the first message is planned for.'),
    lastSendAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    cancelledAt: z.iso.datetime().nullable(),
  })
  .openapi('Bulk', { example });

/** A bulk alone, with those who get no message. */
export const WholeBulkSchema = BulkSchema.extend({
  leftOut: z
    .array(
      z
        .object({
          index: Count.describe('Place in `recipients`, from 0.'),
          to: z.string(),
          reason: z.enum(LEFT_OUT_REASONS),
          message: z.string(),
        })
        .openapi('LeftOut'),
    )
    .describe('The recipients who get no message.'),
}).openapi('WholeBulk', {
  example: {
    ...example,
    leftOut: [
      {
        index: 2,
        to: '+1 555 010 0001',
        reason: 'duplicate' as const,
        message: 'is the same as recipient 0',
      },
    ],
  },
});
