import { z } from 'zod';
import { CALL_EVENTS } from './calls.ts';
import { ReportedPerson } from '../person.ts';
import { GROUP_EVENTS } from './groups.ts';
import { LABEL_EVENTS } from './labels.ts';
import { PRESENCE_EVENTS } from './presence.ts';

/** Events that are all there is of what happened: a runner reports them as they are, and nothing else is kept. */
export const RELAYED_EVENTS = {
  ...CALL_EVENTS,
  ...GROUP_EVENTS,
  ...LABEL_EVENTS,
  ...PRESENCE_EVENTS,
};

export type RelayedType = keyof typeof RELAYED_EVENTS;
export type RelayedEvent = {
  [Type in RelayedType]: { type: Type; data: z.output<(typeof RELAYED_EVENTS)[Type]['data']> };
}[RelayedType];

// The keys of an object literal are all that its type lists.
const [first, ...rest] = Object.keys(RELAYED_EVENTS) as [RelayedType, ...RelayedType[]];
const member = (type: RelayedType) =>
  z.object({ type: z.literal(type), data: RELAYED_EVENTS[type].data });
const Any = z.discriminatedUnion('type', [member(first), ...rest.map(member)]);

/** `from`, `by` and `members` of an event, as a runner of an earlier version too reports them. */
const People = z.looseObject({
  from: ReportedPerson.optional(),
  by: ReportedPerson.nullable().optional(),
  members: z.array(ReportedPerson).optional(),
});
const Reported = z.preprocess((event) => {
  const read = z.looseObject({ data: People }).safeParse(event);
  return read.success ? read.data : event;
}, Any);

/** An event as a report carries it. `Any` has one member for each type, each with its row's payload; the list of them loses which. */
export const RelayedEvent = Reported.transform((event) => event as RelayedEvent);
