import type { EventType } from '../../../shared/catalogue/events/index.ts';

/** WAHA's events, each with the events of ours that it is made of. */
const MADE_OF = {
  message: ['message.received', 'message.media'],
  'message.any': ['message.received', 'message.echo', 'message.media', 'message.sent'],
  'message.ack': [
    'message.sent',
    'message.delivered',
    'message.read',
    'message.played',
    'message.failed',
  ],
  'message.reaction': ['message.reaction'],
  'message.edited': ['message.edited'],
  'message.revoked': ['message.revoked'],
  'session.status': ['session.status'],
  'group.v2.join': ['group.members', 'group.updated'],
  'group.v2.leave': ['group.members'],
  'group.v2.participants': ['group.members'],
  'group.v2.update': ['group.updated'],
  'presence.update': ['presence.update'],
  'label.upsert': ['label.updated'],
  'label.deleted': ['label.updated'],
  'label.chat.added': ['label.chat'],
  'label.chat.deleted': ['label.chat'],
  'poll.vote': ['message.poll_vote'],
  'call.received': ['call.received'],
  'call.rejected': ['call.received'],
} as const satisfies Record<string, readonly EventType[]>;
export type WahaEventName = keyof typeof MADE_OF;

export const WAHA_EVENTS = Object.keys(MADE_OF) as [WahaEventName, ...WahaEventName[]];

const isKnown = (name: string): name is WahaEventName => Object.hasOwn(MADE_OF, name);

/**
 * What a list of WAHA's events asks for, and what of it there is not.
 * @param written names, or `*` for all
 */
export function readWahaEvents(written: readonly string[]): {
  events: WahaEventName[];
  unknown: string[];
} {
  if (written.includes('*')) return { events: [...WAHA_EVENTS], unknown: [] };
  const names = [...new Set(written)];
  return {
    events: names.filter((name) => isKnown(name)),
    unknown: names.filter((name) => !isKnown(name)),
  };
}

/** Names that an event is reported under beside another one, and what marks its id then. */
const SECOND: Readonly<Partial<Record<WahaEventName, string>>> = {
  'message.any': 'any',
  'call.rejected': 'rejected',
};

/** What an id has behind it under this name: receivers that drop repetitions take one of each. */
export const markOf = (name: string): string => (isKnown(name) ? (SECOND[name] ?? '') : '');

/**
 * The endpoints that a webhook for these events is made of: an event of ours is one request to each endpoint, and may be two
 * events of WAHA's.
 */
export function partsOf(
  events: readonly WahaEventName[],
): { part: string; events: WahaEventName[] }[] {
  const byPart = Map.groupBy(events, (name) => SECOND[name] ?? 'rest');
  return [...byPart].map(([part, names]) => ({ part, events: names }));
}

/** The events of ours that these are made of. */
export const typesOf = (events: readonly WahaEventName[]): EventType[] => [
  ...new Set(events.flatMap((name): readonly EventType[] => MADE_OF[name])),
];
