import type { EventData } from '../../../shared/catalogue/events/index.ts';
import type { EvolutionEvent } from './event.ts';
import { jidOf } from './jids.ts';

const ACTIONS = {
  added: 'add',
  joined: 'add',
  removed: 'remove',
  left: 'remove',
  promoted: 'promote',
  demoted: 'demote',
} as const;

export const membersChanged = ({
  groupId: id,
  change,
  members,
  by,
}: EventData<'group.members'>): EvolutionEvent => {
  const author = by === null ? null : jidOf(by.id);
  const participants = members.map((one) => jidOf(one.id));
  return ['group-participants.update', { id, author, participants, action: ACTIONS[change] }];
};

export function groupUpdated(data: EventData<'group.updated'>): EvolutionEvent {
  const { groupId: id, change, text } = data;
  if (change === 'created') return ['groups.upsert', [{ id, subject: text }]];
  return ['groups.update', [{ id, ...changed(data) }]];
}

function changed({ change, text, on }: EventData<'group.updated'>): object {
  if (change === 'subject') return { subject: text };
  if (change === 'description') return { desc: text };
  if (change === 'only_admins_send') return { announce: on };
  return change === 'only_admins_edit' ? { restrict: on } : { change, on };
}
