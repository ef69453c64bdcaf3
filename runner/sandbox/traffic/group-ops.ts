import type { Group, Participant } from '../protocol/records.ts';
import type { GroupAction } from '../protocol/operations.ts';
import type { OpResults } from '../protocol/results.ts';
import { findAccount } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import { findGroup, isAdmin, isMember, listGroups, needGroup, saveGroup } from '../world/groups.ts';
import { newGroupId, newPhoneWireId, randomToken } from '../world/jids.ts';
import type { Tx } from '../world/ledger.ts';
import { canonicalJid, ensurePerson, peopleNamed } from '../world/people.ts';
import { queueStanza } from '../world/stanzas.ts';
import { seconds } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { deliver } from './deliver.ts';
import { needLink } from './operation.ts';
import type { Handler } from './operation.ts';

const inviteLifeSeconds = 259_200;
const newInvite = (): string => randomToken(16).slice(0, 22);

/** 200 joins, 403 only by invitation, 404 not on WhatsApp, 409 in the group already. */
function joinCode(
  tx: Tx,
  world: string,
  group: Group | null,
  jid: string,
): { pn: string; code: number } {
  const pn = canonicalJid(tx.sql, world, jid);
  if (!pn.endsWith('@c.us')) return { pn, code: 404 };
  const person = ensurePerson(tx, world, pn);
  if (!person.registered) return { pn, code: 404 };
  if (person.privateAdd) return { pn, code: 403 };
  return { pn, code: group !== null && isMember(group, pn) ? 409 : 200 };
}

const memberOf = (tx: Tx, world: string, pn: string, admin = false): Participant => ({
  pn,
  lid: ensurePerson(tx, world, pn).lid,
  admin,
  superAdmin: admin,
});

/** Tells every account concerned about the group as it is now, and puts the notice into its chat. */
export function announce(
  tx: Tx,
  world: World,
  worldName: string,
  group: Group,
  notice: { subtype: string; author: string; about?: string[]; body?: string },
): void {
  const concerned = new Set([...group.participants.map(({ pn }) => pn), ...(notice.about ?? [])]);
  const people = peopleNamed(tx.sql, worldName, concerned);
  for (const pn of concerned) {
    const ref: AccountRef = { world: worldName, pn };
    if (findAccount(tx.sql, ref) === null) continue;
    queueStanza(tx, world.hub, ref, { kind: 'group', group, people });
    deliver(tx, world, ref, {
      id: {
        fromMe: notice.author === pn,
        remote: group.id,
        id: newPhoneWireId(),
        participant: notice.author,
      },
      type: 'gp2',
      subtype: notice.subtype,
      t: seconds(world.now()),
      from: group.id,
      to: pn,
      author: notice.author,
      recipients: notice.about ?? [],
      body: notice.body ?? '',
      ack: 1,
    });
  }
}

/** Creates a group owned by `owner`; who cannot be added is told apart in `results`. */
export function createGroup(
  tx: Tx,
  world: World,
  worldName: string,
  owner: string,
  wish: {
    subject: string;
    members: string[];
    announce: boolean;
    restrict: boolean;
    memberAddMode: boolean;
    approval: boolean;
  },
): OpResults['groupCreate'] {
  const asked = [...new Set(wish.members)]
    .map((jid) => joinCode(tx, worldName, null, jid))
    .filter(({ pn }) => pn !== owner);
  const group: Group = {
    id: newGroupId('g.us'),
    subject: wish.subject,
    description: '',
    descriptionId: null,
    owner,
    creation: seconds(world.now()),
    announce: wish.announce,
    restrict: wish.restrict,
    memberAddMode: wish.memberAddMode,
    approval: wish.approval,
    invite: newInvite(),
    picture: null,
    participants: [
      memberOf(tx, worldName, owner, true),
      ...asked.filter(({ code }) => code === 200).map(({ pn }) => memberOf(tx, worldName, pn)),
    ],
    requests: [],
  };
  saveGroup(tx, worldName, group);
  announce(tx, world, worldName, group, { subtype: 'create', author: owner, body: wish.subject });
  return {
    group,
    results: [{ pn: owner, code: 200 }, ...asked].map(({ pn, code }) => ({
      pn,
      lid: ensurePerson(tx, worldName, pn).lid,
      error: code === 200 ? null : code,
      inviteCode: group.invite,
      inviteExpiry: seconds(world.now()) + inviteLifeSeconds,
    })),
  };
}

export const groupCreate: Handler<'groupCreate'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => createGroup(tx, world, link.world, link.pn, args));
};

export const groupQuery: Handler<'groupQuery'> = async (world, connection, args) => {
  const link = needLink(connection);
  return { group: findGroup(world.ledger.sql, link.world, args.id) };
};

const byInvite = (world: World, worldName: string, code: string): Group | null =>
  listGroups(world.ledger.sql, worldName).find((group) => group.invite === code) ?? null;

export const groupInvite: Handler<'groupInvite'> = async (world, connection, args) => ({
  group: byInvite(world, needLink(connection).world, args.code),
});

export const groupJoin: Handler<'groupJoin'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => {
    const group = byInvite(world, link.world, args.code);
    if (group === null)
      throw new SandboxError(410, 'INVITE_GONE', 'this invitation is not valid any more');
    if (isMember(group, link.pn)) return { group };
    const { lid } = ensurePerson(tx, link.world, link.pn);
    if (group.approval) {
      group.requests.push({ pn: link.pn, lid, t: seconds(world.now()) });
      saveGroup(tx, link.world, group);
      return { group };
    }
    group.participants.push(memberOf(tx, link.world, link.pn));
    saveGroup(tx, link.world, group);
    announce(tx, world, link.world, group, {
      subtype: 'invite',
      author: link.pn,
      about: [link.pn],
    });
    return { group };
  });
};

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
      group.participants = group.participants.filter(({ pn }) => !about.includes(pn));
      return { group, codes: {}, notice: { subtype: 'remove', about } };
    }
    case 'promote':
    case 'demote': {
      const about = named(action.members);
      for (const member of group.participants) {
        if (about.includes(member.pn)) member.admin = action.kind === 'promote';
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
      return {
        group,
        codes: {},
        notice: { subtype: action.setting, body: action.on ? 'on' : 'off' },
      };
    case 'leave':
      group.participants = group.participants.filter(({ pn }) => pn !== actor);
      return { group, codes: {}, notice: { subtype: 'leave', about: [actor] } };
    case 'resetInvite':
      group.invite = newInvite();
      return { group, codes: {}, notice: { subtype: 'revoke_invite' } };
  }
}

/** Applies one change to a group. Leaving is for members, everything else for admins (adding, where members may). */
export function changeGroup(
  tx: Tx,
  world: World,
  worldName: string,
  id: string,
  actor: string,
  action: GroupAction,
): OpResults['groupChange'] {
  const group = needGroup(tx.sql, worldName, id);
  const allowed =
    action.kind === 'leave' || (action.kind === 'add' && group.memberAddMode)
      ? isMember(group, actor)
      : isAdmin(group, actor);
  if (!allowed)
    throw new SandboxError(403, 'NOT_ADMIN', `${actor} may not ${action.kind} in ${id}`);
  const done = change(tx, worldName, group, actor, action);
  saveGroup(tx, worldName, done.group);
  announce(tx, world, worldName, done.group, { ...done.notice, author: actor });
  return { group: done.group, codes: done.codes };
}

export const groupChange: Handler<'groupChange'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) =>
    changeGroup(tx, world, link.world, args.id, link.pn, args.action),
  );
};
