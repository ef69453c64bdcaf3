import type { EventData } from '../../../shared/catalogue/events/index.ts';
import { secondsOf } from './ids.ts';

type Reported = readonly [name: string, payload: object];

const CHANGES = {
  added: ['join', 'participant'],
  joined: ['join', 'participant'],
  removed: ['leave', 'left'],
  left: ['leave', 'left'],
  promoted: ['promote', 'admin'],
  demoted: ['demote', 'participant'],
} as const;

/** Where the number itself came or went, WAHA has another name. */
export function membersChanged(
  { groupId: id, change, members }: EventData<'group.members'>,
  { timestamp: at, me }: { timestamp: string; me: string | null },
): Reported[] {
  const [type, role] = CHANGES[change];
  const timestamp = secondsOf(at);
  const isOwn = members.some((one) => one.id === me) && (type === 'join' || type === 'leave');
  if (isOwn) return [[`group.v2.${type}`, { group: { id }, timestamp, _data: {} }]];
  const participants = members.map((one) => ({ id: one.id, role }));
  const payload = { type, timestamp, group: { id }, participants, _data: {} };
  return [['group.v2.participants', payload]];
}

export function groupUpdated(data: EventData<'group.updated'>, at: string): Reported {
  const { groupId: id, change, text, on } = data;
  const timestamp = secondsOf(at);
  if (change === 'created')
    return ['group.v2.join', { group: { id, subject: text }, timestamp, _data: {} }];
  const told = change === 'subject' || change === 'description' ? { [change]: text } : {};
  return ['group.v2.update', { group: { id, ...told }, timestamp, _data: { change, on } }];
}
