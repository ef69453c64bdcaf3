import { z } from 'zod';
import { event } from './row.ts';

export const WEBHOOK_EVENTS = {
  'webhook.test': event({
    when: 'You requested it with `POST /v1/webhooks/{id}/test`. Only that endpoint receives it, whatever it subscribed to.',
    data: {
      webhookId: z.string().describe('The endpoint.'),
      message: z.string().describe('A short text.'),
    },
    example: {
      webhookId: 'whk_01k2q8z6m4c8f7h3n5r9t1v0wx',
      message: 'This is a test from Waypost.',
    },
  }),
};
