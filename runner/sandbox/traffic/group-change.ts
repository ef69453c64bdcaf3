import type { Group } from '../protocol/records.ts';
import type { GroupAction } from '../protocol/operations.ts';
import type { OpResults } from '../protocol/results.ts';
import { SandboxError } from '../world/errors.ts';
import { isAdmin, isMember, needGroup, saveGroup } from '../world/groups.ts';
import type { Tx } from '../world/ledger.ts';
import { canonicalJid } from '../world/people.ts';
import type { World } from '../world/world.ts';
import { announce, joinCode, memberOf, newInvite } from './group-members.ts';

type Change = {
  group: Group;
  codes: Record<string, number>;
  notice: { subtype: string; about?: string[]; body?: string };
};

function addMembers(tx: Tx, worldName: string, group: Group, jids: string[]): Change {
  const asked = jids.map((jid) => joinCode(tx, worldName, group, jid));
  const joined = asked.filter(({ code }) => code === 200).map(({ pn }) => pn);
  group.participants.push(...joined.map((pn) => memberOf(tx, worldName, pn)));
  return {
    group,
    codes: Object.fromEntries(asked.map(({ pn, code }) => [pn, code])),
    notice: { subtype: 'add', about: joined },
  };
}

function answerRequests(
  tx: Tx,
  worldName: string,
  group: Group,
  pns: string[],
  accept: boolean,
): Change {
  const codes: Record<string, number> = {};
  for (const pn of pns) {
    const asked = group.requests.some((request) => request.pn === pn);
    codes[pn] = asked ? 200 : 404;
    if (asked && accept) group.participants.push(memberOf(tx, worldName, pn));
  }
  group.requests = group.requests.filter((request) => codes[request.pn] === undefined);
  const about = pns.filter((pn) => codes[pn] === 200);
  return {
    group,
    codes,
    notice: { subtype: accept ? 'linked_group_join' : 'membership_rejected', about },
  };
}

/** As WhatsApp words it; `memberAddMode` is on where every member may add others. */
function settingNotice({ setting, on }: Extract<GroupAction, { kind: 'setting' }>) {
  if (setting === 'memberAddMode')
    return { subtype: 'member_add_mode', body: on ? 'all_member_add' : 'admin_add' };
  const subtype = setting === 'approval' ? 'membership_approval_mode' : setting;
  return { subtype, body: on ? 'on' : 'off' };
}

function change(
  tx: Tx,
  worldName: string,
  group: Group,
  actor: string,
  action: GroupAction,
): Change {
  const named = (jids: string[]): string[] =>
    jids.map((jid) => canonicalJid(tx.sql, worldName, jid));
  switch (action.kind) {
    case 'add':
      return addMembers(tx, worldName, group, action.members);
    case 'remove': {
      const about = named(action.members);
      // Nobody removes the owner; WhatsApp leaves them in and reports no error.
      const removed = group.participants.filter((one) => about.includes(one.pn) && !one.superAdmin);
      group.participants = group.participants.filter((one) => !removed.includes(one));
      return {
        group,
        codes: {},
        notice: { subtype: 'remove', about: removed.map(({ pn }) => pn) },
      };
    }
    case 'promote':
    case 'demote': {
      const about = named(action.members);
      for (const member of group.participants) {
        if (about.includes(member.pn))
          member.admin = action.kind === 'promote' || member.superAdmin;
      }
      return { group, codes: {}, notice: { subtype: action.kind, about } };
    }
    case 'approve':
    case 'reject':
      return answerRequests(tx, worldName, group, named(action.members), action.kind === 'approve');
    case 'subject':
      group.subject = action.subject;
      return { group, codes: {}, notice: { subtype: 'subject', body: action.subject } };
    case 'description':
      group.description = action.description;
      group.descriptionId = action.id;
      return { group, codes: {}, notice: { subtype: 'description', body: action.description } };
    case 'setting':
      group[action.setting] = action.on;
      return { group, codes: {}, notice: settingNotice(action) };
    case 'leave':
      group.participants = group.participants.filter(({ pn }) => pn !== actor);
      return { group, codes: {}, notice: { subtype: 'leave', about: [actor] } };
    case 'resetInvite':
      group.invite = newInvite();
      return { group, codes: {}, notice: { subtype: 'revoke_invite' } };
  }
}

/** Members may leave, and where the group lets them, add people and say what it is about; the rest is for admins. */
function isAllowed(group: Group, actor: string, { kind }: GroupAction): boolean {
  const isForMembers =
    kind === 'leave' ||
    (kind === 'add' && group.memberAddMode) ||
    ((kind === 'subject' || kind === 'description') && !group.restrict);
  return isForMembers ? isMember(group, actor) : isAdmin(group, actor);
}

/** Applies one change to a group. */
export function changeGroup(
  tx: Tx,
  world: World,
  worldName: string,
  id: string,
  actor: string,
  action: GroupAction,
): OpResults['groupChange'] {
  const group = needGroup(tx.sql, worldName, id);
  if (!isAllowed(group, actor, action))
    throw new SandboxError(403, 'NOT_ADMIN', `${actor} may not ${action.kind} in ${id}`);
  const done = change(tx, worldName, group, actor, action);
  saveGroup(tx, worldName, done.group);
  announce(tx, world, worldName, done.group, { ...done.notice, author: actor });
  return { group: done.group, codes: done.codes };
}
