import type { EventType } from '../../../shared/catalogue/events/index.ts';

/** Evolution's events, each with the events of ours that it is made of. */
const MADE_OF = {
  'messages.upsert': ['message.received', 'message.echo', 'message.media', 'message.reaction'],
  'messages.update': [
    'message.sent',
    'message.delivered',
    'message.read',
    'message.played',
    'message.failed',
    'message.poll_vote',
  ],
  'messages.edited': ['message.edited'],
  'messages.delete': ['message.revoked'],
  'send.message': ['message.sent'],
  'connection.update': ['session.status'],
  'qrcode.updated': ['session.qr', 'session.pairing_code'],
  'contacts.upsert': ['message.received'],
  'contacts.update': ['message.received'],
  'chats.upsert': ['message.received', 'message.echo'],
  'chats.update': ['message.received', 'message.echo'],
  'groups.upsert': ['group.updated'],
  'groups.update': ['group.updated'],
  'group-participants.update': ['group.members'],
  'presence.update': ['presence.update'],
  call: ['call.received'],
} as const satisfies Record<string, readonly EventType[]>;
export type EvolutionEventName = keyof typeof MADE_OF;

export const EVOLUTION_EVENTS = Object.keys(MADE_OF) as [
  EvolutionEventName,
  ...EvolutionEventName[],
];

/** One spelling of `GROUP_PARTICIPANTS_UPDATE` and `group-participants.update`. */
const plain = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z]+/g, '_');

const BY_NAME: ReadonlyMap<string, EvolutionEventName> = new Map([
  ...EVOLUTION_EVENTS.map((name) => [plain(name), name] as const),
  // What clients can choose is called so; the event is not.
  ['GROUP_UPDATE', 'groups.update'],
]);

/** What clients choose from. */
export const chosenName = (name: EvolutionEventName): string =>
  name === 'groups.update' ? 'GROUP_UPDATE' : plain(name);

/**
 * What a list of Evolution's events asks for, and what of it there is not.
 * @param written an empty list is all
 */
export function readEvolutionEvents(written: readonly string[]): {
  events: EvolutionEventName[];
  unknown: string[];
} {
  if (written.length === 0) return { events: [...EVOLUTION_EVENTS], unknown: [] };
  const found = [...new Set(written)].map((name) => [name, BY_NAME.get(plain(name))] as const);
  return {
    events: [...new Set(found.flatMap(([, event]) => event ?? []))],
    unknown: found.flatMap(([name, event]) => (event === undefined ? [name] : [])),
  };
}

/** Events beside others that an event of ours is reported as, and the part of a webhook that they are. */
const SECOND: Readonly<Partial<Record<EvolutionEventName, string>>> = {
  'send.message': 'second',
  'contacts.upsert': 'second',
  'contacts.update': 'second',
  'chats.upsert': 'third',
  'chats.update': 'third',
};

/**
 * The endpoints that a webhook for these events is made of: an event of ours is one request to each endpoint, and may be
 * several events of Evolution's.
 */
export function partsOf(
  events: readonly EvolutionEventName[],
): { part: string; events: EvolutionEventName[] }[] {
  const byPart = Map.groupBy(events, (name) => SECOND[name] ?? 'rest');
  return [...byPart].map(([part, names]) => ({ part, events: names }));
}

/** The events of ours that these are made of. */
export const typesOf = (events: readonly EvolutionEventName[]): EventType[] => [
  ...new Set(events.flatMap((name): readonly EventType[] => MADE_OF[name])),
];
