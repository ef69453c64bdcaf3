import { z } from '@hono/zod-openapi';
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

/** What a webhook receives and the feed lists: one named schema for each type, told apart by `type`. */
export const WebhookEvent = z
  .discriminatedUnion('type', [component(first), ...rest.map(component)])
  // `PublicEvent` is what the rows of the catalogue say; a list of schemas loses which payload belongs to which type.
  .openapi('WebhookEvent') as unknown as z.ZodType<PublicEvent>;
