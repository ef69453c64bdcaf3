import { z } from 'zod';
import { event, Time } from './row.ts';

export const WEBHOOK_EVENTS = {
  'webhook.test': event({
    when: 'You requested it with `POST /v1/webhooks/{id}/test`. Only that endpoint receives it, whatever it subscribed to.',
    data: {
      webhookId: z.string().describe('The endpoint.'),
      message: z.string().describe('A short text.'),
      sample: z
        .string()
        .optional()
        .describe('The name of another type: the endpoint received a sample of it instead.'),
    },
    example: {
      webhookId: 'whk_01k2q8z6m4c8f7h3n5r9t1v0wx',
      message: 'This is a test from Waypost.',
    },
  }),
  'webhook.disabled': event({
    when: 'An endpoint was switched off: its receiver asked for that, or no attempt had succeeded for five days. The other endpoints receive it.',
    data: {
      webhookId: z.string().describe('The endpoint.'),
      description: z.string().nullable().describe('Its description, if it has one.'),
      reason: z.string().describe('Why it was switched off.'),
      disabledAt: Time.describe('When it was switched off.'),
    },
    example: {
      webhookId: 'whk_01k2q8z6m4c8f7h3n5r9t1v0wx',
      description: 'Order desk',
      reason: 'the receiver answered 410 Gone',
      disabledAt: '2026-11-21T10:41:58.000Z',
    },
  }),
};
