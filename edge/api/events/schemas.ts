import { z } from '@hono/zod-openapi';
import { PAGE_LIMIT } from '../../http/cursor.ts';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { SessionLookup } from '../name-fields.ts';
import { SubscriptionList } from '../webhooks/schemas.ts';
import {
  EVENT_TYPES,
  EVENTS,
  eventSchema,
  type EventType,
  type PublicEvent,
  sampleEvent,
} from '../../../shared/catalogue/events/index.ts';

/** `session.pairing_code` → `SessionPairingCodeEvent`. */
const componentName = (type: EventType): string =>
  `${type.replaceAll(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase())}Event`;

/** The shared schemas may have been made before this library taught zod about OpenAPI. */
const component = (type: EventType) =>
  z
    .object(eventSchema(type).shape)
    .openapi(componentName(type), { description: EVENTS[type].when, example: sampleEvent(type) });

const [first, ...rest] = EVENT_TYPES;

/** What a webhook receives and the feed lists: one named schema for each type, with `type` as the discriminator. */
export const WebhookEvent = z
  .discriminatedUnion('type', [component(first), ...rest.map(component)])
  // `PublicEvent` is what the rows of the catalogue say; a list of schemas loses which payload belongs to which type.
  .openapi('WebhookEvent') as unknown as z.ZodType<PublicEvent>;

export const EventQuery = z.object({
  after: z.coerce.number().int().min(0).default(0).openapi({
    description: '`seq` of the last event that you have; 0 for the first page.',
  }),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(PAGE_LIMIT),
  types: SubscriptionList.optional(),
  wait: z.coerce.number().int().min(0).max(LIMITS.pollSeconds.limit).default(0).openapi({
    description: 'Seconds to wait for an event when there is none yet.',
    example: 20,
  }),
  sessionId: SessionLookup.optional().openapi({ description: 'Id or name.' }),
});

export const EventTypeParam = z.object({
  type: z
    .string()
    .min(1)
    .max(100)
    .openapi({
      param: { name: 'type', in: 'path' },
      description: 'A type, or an alias of one.',
      example: 'message.received',
    }),
});
