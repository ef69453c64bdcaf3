import type { RelayedEvent } from '../../../shared/catalogue/events/relayed.ts';
import type { FactReport } from '../../../shared/protocol/runner-reports.ts';
import { fields, idText, messageKey, number, text, type Fields } from './payload.ts';
import { person, type People } from './people.ts';

type ChangeOf<Type extends 'group.members' | 'group.updated'> = Extract<
  RelayedEvent,
  { type: Type }
>['data']['change'];

/** What the subtypes of notices mean. Those that are not listed tell of nothing that happened to the group. */
const MEMBERS: Readonly<Record<string, ChangeOf<'group.members'>>> = {
  add: 'added',
  invite: 'joined',
  linked_group_join: 'joined',
  remove: 'removed',
  leave: 'left',
  promote: 'promoted',
  demote: 'demoted',
};
const UPDATES: Readonly<Record<string, ChangeOf<'group.updated'>>> = {
  create: 'created',
  subject: 'subject',
  description: 'description',
  picture: 'picture',
  revoke_invite: 'invite_link',
  announce: 'only_admins_send',
  restrict: 'only_admins_edit',
  member_add_mode: 'only_admins_add',
  membership_approval_mode: 'approves_members',
};
const REQUESTS = new Set(['membership_approval_request', 'created_membership_requests']);
/** Bodies of the notices of settings. */
const SWITCHES: Readonly<Record<string, boolean>> = {
  on: true,
  off: false,
  admin_add: true,
  all_member_add: false,
};

/** Ids of everybody whom a notice of a group names. */
export const idsInNotice = (notice: unknown): string[] => {
  const data = fields(notice);
  return [idText(data['author']), ...recipientsOf(data)].filter((id) => id !== null);
};

const recipientsOf = (data: Fields): (string | null)[] =>
  Array.isArray(data['recipientIds']) ? data['recipientIds'].map(idText) : [];

/** A notice as the library makes it of a message of the page; null for any other message. */
export function noticeOf(payload: unknown): unknown {
  const data = fields(payload);
  if (data['type'] !== 'gp2') return null;
  const { id, subtype, body, t, author, recipients } = data;
  return { id, type: subtype, body, timestamp: t, author, recipientIds: recipients };
}

/** What a notice in the chat of a group tells; null for a change that was none. @param notice the library's group notification */
export function groupFact(notice: unknown, people: People): FactReport | null {
  const data = fields(notice);
  const key = messageKey(data['id']);
  const at = number(data['timestamp']);
  const event = key === null ? null : eventOf(data, key.remote, people);
  if (key === null || at === null || event === null) return null;
  return { kind: 'relayed', key: key.wireId, event, timestamp: Math.trunc(at * 1_000) };
}

function eventOf(data: Fields, groupId: string, people: People): RelayedEvent | null {
  const subtype = text(data['type']) ?? '';
  const author = idText(data['author']);
  const by = author === null ? null : person(author, people);
  const body = text(data['body']);
  const [members, update] = [MEMBERS[subtype], UPDATES[subtype]];
  if (members !== undefined) {
    const named = recipientsOf(data).filter((id) => id !== null);
    const concerned =
      members === 'left' && named.length === 0 && author !== null ? [author] : named;
    if (concerned.length === 0) return null;
    const whom = concerned.map((id) => person(id, people));
    return { type: 'group.members', data: { groupId, change: members, members: whom, by } };
  }
  if (update !== undefined) {
    const hasText = ['created', 'subject', 'description'].includes(update);
    const isSetting = /^(only_|approves_)/.test(update);
    const shown = {
      text: hasText ? body : null,
      on: isSetting ? (SWITCHES[body ?? ''] ?? null) : null,
    };
    return { type: 'group.updated', data: { groupId, change: update, ...shown, by } };
  }
  if (!REQUESTS.has(subtype) || by === null) return null;
  return { type: 'group.join_request', data: { groupId, from: by } };
}
