import type { Group } from '../protocol/records.ts';
import type { OpResults } from '../protocol/results.ts';
import { SandboxError } from '../world/errors.ts';
import { findGroup, isMember, listGroups, saveGroup } from '../world/groups.ts';
import { newGroupId } from '../world/jids.ts';
import type { Tx } from '../world/ledger.ts';
import { ensurePerson } from '../world/people.ts';
import { seconds } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { needLink } from './operation.ts';
import type { Handler } from './operation.ts';
import { changeGroup } from './group-change.ts';
import { announce, joinCode, memberOf, newInvite } from './group-members.ts';

const inviteLifeSeconds = 259_200;

/** Creates a group owned by `owner`; `results` names who cannot be added. */
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

/** A group, for its members: to anybody else WhatsApp shows no more than an invitation does. */
export const groupQuery: Handler<'groupQuery'> = async (world, connection, args) => {
  const link = needLink(connection);
  const group = findGroup(world.ledger.sql, link.world, args.id);
  return { group: group !== null && isMember(group, link.pn) ? group : null };
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

export const groupChange: Handler<'groupChange'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) =>
    changeGroup(tx, world, link.world, args.id, link.pn, args.action),
  );
};
