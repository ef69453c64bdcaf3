import { createChannel } from '../traffic/channel-ops.ts';
import { changeGroup } from '../traffic/group-change.ts';
import { announce } from '../traffic/group-members.ts';
import { createGroup } from '../traffic/group-ops.ts';
import { needGroup, saveGroup } from '../world/groups.ts';
import { phoneJid } from '../world/jids.ts';
import { ensurePerson, seedWorld } from '../world/people.ts';
import { seconds } from '../world/world.ts';
import type { Act } from './act.ts';

export const group: Act<'group'> = async (world, input) =>
  world.ledger.run((tx) => {
    seedWorld(tx, input.world);
    return createGroup(tx, world, input.world, phoneJid(input.owner), {
      subject: input.subject,
      members: input.members.map(phoneJid),
      announce: false,
      restrict: false,
      memberAddMode: false,
      approval: input.approval,
    }).group;
  });

export const groupChange: Act<'groupChange'> = async (world, input) =>
  world.ledger.run(
    (tx) =>
      changeGroup(tx, world, input.world, input.group, phoneJid(input.actor), input.action).group,
  );

export const channel: Act<'channel'> = async (world, input) =>
  world.ledger.run((tx) => {
    const owner = { world: input.world, pn: phoneJid(input.owner) };
    const { id, invite } = createChannel(tx, world, owner, input);
    return { id, invite };
  });

/** Somebody asks to join a group that approves its members. */
export const groupRequest: Act<'groupRequest'> = async (world, input) =>
  world.ledger.run((tx) => {
    const group = needGroup(tx.sql, input.world, input.group);
    const person = ensurePerson(tx, input.world, phoneJid(input.from));
    group.requests.push({ pn: person.pn, lid: person.lid, t: seconds(world.now()) });
    saveGroup(tx, input.world, group);
    announce(tx, world, input.world, group, {
      subtype: 'membership_approval_request',
      author: person.pn,
      about: [],
    });
    return {};
  });
