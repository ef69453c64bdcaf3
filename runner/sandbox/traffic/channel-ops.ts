import type { Channel } from '../protocol/records.ts';
import type { OpArgs } from '../protocol/operations.ts';
import { findChannel, listChannels, saveChannel } from '../world/channels.ts';
import type { AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import { newGroupId, randomToken } from '../world/jids.ts';
import type { Tx } from '../world/ledger.ts';
import { canonicalJid } from '../world/people.ts';
import { seconds, type World } from '../world/world.ts';
import { needLink } from './operation.ts';
import type { Handler } from './operation.ts';

/** @param by the phone that owns it */
export function createChannel(
  tx: Tx,
  world: World,
  by: AccountRef,
  wish: { name: string; description: string },
): Channel {
  const channel: Channel = {
    id: newGroupId('newsletter'),
    name: wish.name,
    description: wish.description,
    invite: `0029V${randomToken(16).slice(0, 17)}`,
    owner: by.pn,
    t: seconds(world.now()),
    subscribers: [],
    admins: [by.pn],
  };
  saveChannel(tx, by.world, channel);
  return channel;
}

export const channelCreate: Handler<'channelCreate'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => ({ channel: createChannel(tx, world, link, args) }));
};

export const channelQuery: Handler<'channelQuery'> = async (world, connection, args) => ({
  channel: findChannel(world.ledger.sql, needLink(connection).world, args),
});

export const channelSearch: Handler<'channelSearch'> = async (world, connection, args) => ({
  channels: listChannels(world.ledger.sql, needLink(connection).world).filter((channel) =>
    channel.name.toLowerCase().includes(args.text.toLowerCase()),
  ),
});

function changed(channel: Channel, me: string, pn: string, args: OpArgs<'channelChange'>): Channel {
  const without = (list: string[], one: string): string[] => list.filter((each) => each !== one);
  switch (args.action) {
    case 'subscribe':
      return { ...channel, subscribers: [...without(channel.subscribers, me), me] };
    case 'unsubscribe':
      return { ...channel, subscribers: without(channel.subscribers, me) };
    case 'edit':
      return {
        ...channel,
        name: args.name ?? channel.name,
        description: args.description ?? channel.description,
      };
    case 'owner':
      return { ...channel, owner: pn, admins: [...without(channel.admins, pn), pn] };
    case 'promote':
      return { ...channel, admins: [...without(channel.admins, pn), pn] };
    case 'demote':
      return { ...channel, admins: without(channel.admins, pn) };
    case 'delete':
      return channel;
  }
}

export const channelChange: Handler<'channelChange'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => {
    const channel = findChannel(tx.sql, link.world, { id: args.id });
    if (channel === null)
      throw new SandboxError(404, 'UNKNOWN_CHANNEL', `${args.id} is no channel`);
    const open = args.action === 'subscribe' || args.action === 'unsubscribe';
    if (!open && channel.owner !== link.pn && !channel.admins.includes(link.pn)) {
      throw new SandboxError(403, 'NOT_ADMIN', 'only the channel’s admins may do this');
    }
    const pn = args.pn === undefined ? link.pn : canonicalJid(tx.sql, link.world, args.pn);
    const after = changed(channel, link.pn, pn, args);
    if (args.action === 'delete') {
      tx.sql.run('delete from channel where world = ? and id = ?', link.world, channel.id);
    } else {
      saveChannel(tx, link.world, after);
    }
    return { channel: after };
  });
};
