import { z } from 'zod';
import { MESSAGE_EVENTS } from './messages.ts';
import { RELAYED_EVENTS } from './relayed.ts';
import type { EventRow } from './row.ts';
import { SESSION_EVENTS } from './sessions.ts';
import { WEBHOOK_EVENTS } from './webhooks.ts';

/** Every event type: when it occurs, its payload, an example, and its aliases. */
export const EVENTS = {
  ...MESSAGE_EVENTS,
  ...RELAYED_EVENTS,
  ...SESSION_EVENTS,
  ...WEBHOOK_EVENTS,
} satisfies Record<string, EventRow>;

export type EventType = keyof typeof EVENTS;
export type EventData<Type extends EventType> = z.output<(typeof EVENTS)[Type]['data']>;

// The keys of an object literal are all that its type lists.
export const EVENT_TYPES = Object.keys(EVENTS) as [EventType, ...EventType[]];

/** The types whose payload has content. */
export const CONTENT_EVENTS = EVENT_TYPES.filter((type) => EVENTS[type].content.length > 0);

/** The type of each alias. */
export const EVENT_ALIASES: ReadonlyMap<string, EventType> = new Map(
  EVENT_TYPES.flatMap((type) => aliasesOf(type).map((alias) => [alias, type] as const)),
);

/** The type with this name or alias. */
export const eventTypeOf = (name: string): EventType | undefined =>
  EVENT_TYPES.find((type) => type === name) ?? EVENT_ALIASES.get(name);

export function aliasesOf(type: EventType): readonly string[] {
  return EVENTS[type].aliases;
}

/** The names under which events of a type are delivered. */
export type EventName<Type extends EventType> = Type | (typeof EVENTS)[Type]['aliases'][number];

type EventOf<Type extends EventType> = {
  id: string;
  type: EventName<Type>;
  seq: number;
  sessionId: string | null;
  timestamp: string;
  contentExpiredAt?: string | undefined;
  data: EventData<Type>;
};

/** The body of a webhook, and an item of `GET /v1/events`. */
export type PublicEvent = { [Type in EventType]: EventOf<Type> }[EventType];

/** The schema of an event of one type, under any of its names. */
export const eventSchema = (type: EventType) =>
  z.object({
    id: z.string().describe('The same on every attempt: use it to drop duplicates.'),
    type: z.enum([type, ...aliasesOf(type)]).describe('The name that was subscribed to.'),
    seq: z.number().int().describe('Rises by one within the workspace.'),
    sessionId: z.string().nullable(),
    timestamp: z.iso.datetime().describe('When it happened.'),
    contentExpiredAt: z.iso
      .datetime()
      .optional()
      .describe(
        'When the content in `data` was erased, by the workspace’s `contentRetentionDays`. Absent while it is kept.',
      ),
    data: EVENTS[type].data,
  });

const [first, ...rest] = EVENT_TYPES;
const Any = z.discriminatedUnion('type', [eventSchema(first), ...rest.map(eventSchema)]);

/** @throws ZodError if it is not an event, or its payload does not match its row */
export function parseEvent(json: unknown): PublicEvent {
  // `Any` has one member for each type, each with its row's payload; the list of them loses which is which.
  return Any.parse(json) as PublicEvent;
}

/** A sample event of this type, for building a receiver before a real one arrives. */
export function sampleEvent(type: EventType, name: string = type): PublicEvent {
  return parseEvent({
    id: 'evt_01k2q8z6m4c8f7h3n5r9t1v0wx',
    type: name,
    seq: 42,
    sessionId: type in WEBHOOK_EVENTS ? null : 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx',
    timestamp: '2026-11-21T10:41:58.000Z',
    data: EVENTS[type].example,
  });
}

/**
 * The name under which a subscription receives an event; undefined if it does not cover the event.
 * An exact name or alias takes precedence over a wildcard.
 */
export function subscribedName(
  subscription: readonly string[],
  type: EventType,
): string | undefined {
  if (subscription.includes(type)) return type;
  const alias = subscription.find((name) => EVENT_ALIASES.get(name) === type);
  if (alias !== undefined) return alias;
  const [area] = type.split('.');
  return subscription.includes('*') || subscription.includes(`${area}.*`) ? type : undefined;
}

/** Everything that a subscription may name: types, aliases and wildcards. */
export const SUBSCRIBABLE: ReadonlySet<string> = new Set([
  '*',
  ...EVENT_TYPES.map((type) => `${type.split('.')[0]}.*`),
  ...EVENT_TYPES,
  ...EVENT_ALIASES.keys(),
]);
