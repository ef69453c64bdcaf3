import { z } from '@hono/zod-openapi';
import { isId } from '../../../shared/ids.ts';
import { eventTypeOf, SUBSCRIBABLE } from '../../../shared/catalogue/events/index.ts';
import {
  DEFAULT_ATTEMPTS,
  MAX_ATTEMPTS,
  OWN_RETRIES,
  RETRY_PRESETS,
  retryDelaysOf,
} from '../../webhooks/retry-schedule.ts';
import { Description, SessionIdOrName } from '../name-fields.ts';
import { CustomHeaders } from './custom-headers.ts';

export const WEBHOOK_EXAMPLE = 'whk_01k2q8z6m4c8f7h3n5r9t1v0wx';

export const WebhookId = z.object({
  id: z
    .string()
    .refine((id) => isId('webhook', id), 'must be a webhook id (whk_…)')
    .openapi({ param: { name: 'id', in: 'path' }, example: WEBHOOK_EXAMPLE }),
});

/** A type, a wildcard or one of the source systems' names. */
export const Subscription = z
  .string()
  .refine((name) => SUBSCRIBABLE.has(name), `must be one of ${[...SUBSCRIBABLE].join(', ')}`);

const RetryDelays = z
  .array(z.number().int().min(1).max(OWN_RETRIES.longestSeconds))
  .max(OWN_RETRIES.most)
  .refine(
    (delays) => delays.reduce((sum, delay) => sum + delay, 0) <= OWN_RETRIES.totalSeconds,
    `must be ${OWN_RETRIES.totalSeconds} seconds (3 days) at most in total`,
  );

/** Subscriptions in a query. */
export const SubscriptionList = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(Subscription).max(50))
  .openapi({
    type: 'string',
    description: 'Types, wildcards or aliases, separated by commas.',
    example: 'message.*',
  });

/** Fields of an endpoint that its owner writes. */
export const WebhookFields = {
  url: z.string().max(2_048).openapi({
    description: 'An https:// or http:// address on a public host. Redirects are not followed.',
    example: 'https://example.com/hooks/waypost',
  }),
  description: Description.nullable().openapi({ type: ['string', 'null'] }),
  eventTypes: z
    .array(Subscription)
    .min(1)
    .max(50)
    .openapi({
      description:
        'Types, wildcards (`message.*`, `*`) or aliases; events arrive under the name that you subscribe to.',
      example: ['message.received', 'session.*'],
    }),
  sessionIds: z.array(SessionIdOrName).min(1).max(100).nullable().openapi({
    description: 'Ids or names of the sessions whose events to deliver; null for all sessions.',
  }),
  headers: CustomHeaders.openapi({
    description:
      'Headers to send with each request. Names are in lower case; those that Waypost or the connection sets are refused. Values are `***` for keys without `webhooks:write`.',
  }),
  fifo: z.boolean().openapi({
    description:
      'Deliver strictly in order of `seq`. Each event waits until the one before it is delivered or given up.',
  }),
  includeCodes: z.boolean().openapi({
    description:
      'Leave QR codes and pairing codes in `session.qr` and `session.pairing_code`; otherwise they are null. Whoever has a code can link a phone: setting it, and changing the URL while it is set, need `sessions:write`.',
  }),
  retryDelays: z.union([z.enum(['quick', 'standard', 'long']), RetryDelays]).openapi({
    description:
      'Seconds from each failed attempt to the next one: up to 10 delays of a day at most, 3 days in total. Or a preset: `quick` (4 retries in 13 minutes), `standard` (7 in 32 hours) or `long` (9 in 3 days). After the last retry the delivery is given up.',
    example: [10, 60, 600],
  }),
  maxAttempts: z.number().int().min(1).max(MAX_ATTEMPTS).openapi({
    description:
      'In place of `retryDelays`: how often a delivery is attempted, with the delays of `long`.',
    example: DEFAULT_ATTEMPTS,
  }),
};

export const WEBHOOK_SHOWN = {
  id: WEBHOOK_EXAMPLE,
  url: 'https://example.com/hooks/waypost',
  description: null,
  eventTypes: ['message.received'],
  sessionIds: null,
  headers: {},
  fifo: false,
  includeCodes: false,
  retryDelays: [...RETRY_PRESETS.standard],
  maxAttempts: DEFAULT_ATTEMPTS,
  isActive: true,
  disabledReason: null,
  disabledAt: null,
  health: { status: 'healthy' as const, attempts: 1_200, successShare: 0.9983, p95Ms: 240 },
  createdBy: 'usr_01k2q8z6m4c8f7h3n5r9t1v0wx',
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
};
export const SECRET_SHOWN = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw1dXZ5Gk0w7Y=';

const Health = z
  .object({
    status: z
      .enum(['healthy', 'failing', 'disabled'])
      .describe('`failing`: the last three attempts or more failed.'),
    attempts: z.number().int().describe('In the last 24 hours, as the other numbers.'),
    successShare: z.number().nullable().describe('From 0 to 1; null without attempts.'),
    p95Ms: z
      .number()
      .int()
      .nullable()
      .describe('95 % of the attempts were faster, within a tenth; null without attempts.'),
  })
  .openapi('WebhookHealth', {
    description: 'Attempts that Waypost refused to make are left out.',
  });

export const WebhookSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    eventTypes: z.array(z.string()),
    sessionIds: z.array(z.string()).nullable(),
    headers: z.record(z.string(), z.string()),
    fifo: z.boolean(),
    includeCodes: z.boolean(),
    retryDelays: z.array(z.number().int()).describe('Seconds before each retry.'),
    maxAttempts: z.number().int(),
    isActive: z.boolean(),
    disabledReason: z.string().nullable().describe('Why it is switched off.'),
    disabledAt: z.iso.datetime().nullable(),
    health: Health,
    createdBy: z
      .string()
      .nullable()
      .describe('Id of the key or person that created it; null for old ones.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('Webhook', { example: WEBHOOK_SHOWN });

export const Secret = z.string().openapi({
  description:
    'Signs each request (`webhook-signature`, `X-Signature`). It is shown only here, so store it.',
  example: SECRET_SHOWN,
});

type Retries = Parameters<typeof retryDelaysOf>[0];
const oneSchedule = ({ retryDelays, maxAttempts }: Retries) =>
  retryDelays === undefined || maxAttempts === undefined;
const TWO_SCHEDULES = {
  path: ['maxAttempts'],
  message: 'stands in place of `retryDelays`: pass one of them',
};

export const CreateWebhook = z
  .strictObject({
    url: WebhookFields.url,
    description: WebhookFields.description.default(null),
    eventTypes: WebhookFields.eventTypes.default(['*']),
    sessionIds: WebhookFields.sessionIds.default(null),
    headers: WebhookFields.headers.default({}),
    fifo: WebhookFields.fifo.default(false),
    includeCodes: WebhookFields.includeCodes.default(false),
    retryDelays: WebhookFields.retryDelays.optional(),
    maxAttempts: WebhookFields.maxAttempts.optional(),
  })
  .refine(oneSchedule, TWO_SCHEDULES);

/** The endpoint as the verb takes it. */
export const newEndpointOf = ({
  sessionIds,
  retryDelays,
  maxAttempts,
  ...fields
}: z.output<typeof CreateWebhook>) => ({
  ...fields,
  sessions: sessionIds,
  retryDelays: retryDelaysOf({ retryDelays, maxAttempts }) ?? RETRY_PRESETS.standard,
});

/** What a REST hook is subscribed with; the rest is as for other endpoints by default. */
export const CreateHook = z.strictObject({
  url: WebhookFields.url,
  eventTypes: WebhookFields.eventTypes.default(['*']),
  sessionIds: WebhookFields.sessionIds.default(null),
});

export const newHookOf = (body: z.output<typeof CreateHook>) =>
  newEndpointOf(CreateWebhook.parse(body));

export const CreatedWebhook = WebhookSchema.extend({ secret: Secret }).openapi('CreatedWebhook', {
  example: { ...WEBHOOK_SHOWN, secret: SECRET_SHOWN },
});

export const UpdateWebhook = z
  .strictObject({ ...WebhookFields, isActive: z.boolean() })
  .partial()
  .refine(oneSchedule, TWO_SCHEDULES);

/** Changes as the verb takes them. */
export const changesOf = ({
  sessionIds,
  retryDelays,
  maxAttempts,
  ...fields
}: z.output<typeof UpdateWebhook>) => ({
  ...fields,
  sessions: sessionIds,
  retryDelays: retryDelaysOf({ retryDelays, maxAttempts }),
});

export const RotatedWebhook = WebhookSchema.extend({
  secret: Secret,
  previousSecretUntil: z.iso.datetime(),
}).openapi('RotatedWebhook', {
  example: {
    ...WEBHOOK_SHOWN,
    secret: SECRET_SHOWN,
    previousSecretUntil: '2026-11-22T10:00:00.000Z',
  },
});

export const TestEvent = z.strictObject({
  type: z
    .string()
    .refine((name) => eventTypeOf(name) !== undefined, 'must be an event type or an alias of one')
    .optional()
    .openapi({ description: 'A type or alias whose sample to send.' }),
});

export const SentTest = z
  .object({ eventId: z.string(), deliveryId: z.string() })
  .openapi('SentTest', {
    example: {
      eventId: 'evt_01k2q8z6m4c8f7h3n5r9t1v0wx',
      deliveryId: 'dlv_01k2q8z6m4c8f7h3n5r9t1v0wx',
    },
  });
