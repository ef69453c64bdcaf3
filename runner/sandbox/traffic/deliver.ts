import type { Group, WireMessage } from '../protocol/records.ts';
import { findAccount } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { findGroup, isMember } from '../world/groups.ts';
import { isGroupJid, isUserJid } from '../world/jids.ts';
import type { Tx } from '../world/ledger.ts';
import { changeChat, storeMessage } from '../world/messages.ts';
import { findPerson, peopleNamed } from '../world/people.ts';
import { queueStanza } from '../world/stanzas.ts';
import type { World } from '../world/world.ts';

/** Puts a message into an account and queues it for its devices (but `except`, the one that sent it). */
export function deliver(
  tx: Tx,
  world: World,
  ref: AccountRef,
  message: WireMessage,
  except: number | null = null,
): void {
  if (!storeMessage(tx, ref, message, except)) return;
  changeChat(tx, ref, message.id.remote, message.t, (chat) => ({
    t: message.t,
    unread: message.id.fromMe ? chat.unread : chat.unread + 1,
  }));
  const group: Group | null = isGroupJid(message.id.remote)
    ? findGroup(tx.sql, ref.world, message.id.remote)
    : null;
  const people = peopleNamed(tx.sql, ref.world, [message.author, message.from, message.to]);
  // Another device of the sender gets it as sent: the ack to wait for is its sender's.
  const { sealed: _sealed, ...readable } = message;
  const shown = message.id.fromMe ? { ...readable, ack: Math.max(1, message.ack) } : readable;
  queueStanza(tx, world.hub, ref, { kind: 'message', message: shown, people, group }, except);
}

/** The accounts of this world, other than the sender, that a message to `chat` reaches. */
export function recipients(tx: Tx, from: AccountRef, chat: string): AccountRef[] {
  const pns = isGroupJid(chat)
    ? (findGroup(tx.sql, from.world, chat)?.participants ?? []).map((member) => member.pn)
    : isUserJid(chat)
      ? [chat]
      : [];
  return pns
    .filter((pn) => pn !== from.pn)
    .map((pn) => ({ world: from.world, pn }))
    .filter((ref) => findAccount(tx.sql, ref) !== null);
}

/** The same message as its receiver sees it. */
function seenBy(tx: Tx, from: AccountRef, to: AccountRef, message: WireMessage): WireMessage {
  const chat = message.id.remote;
  const inGroup = isGroupJid(chat);
  const remote = inGroup ? chat : from.pn;
  const pushname = findPerson(tx.sql, from.world, from.pn)?.pushname;
  const { author: _author, ...content } = message;
  return {
    ...content,
    id: { fromMe: false, remote, id: message.id.id, ...(inGroup ? { participant: from.pn } : {}) },
    from: remote,
    to: inGroup ? chat : to.pn,
    ...(inGroup ? { author: from.pn } : {}),
    ...(pushname === undefined ? {} : { notifyName: pushname }),
    self: 'in',
    ack: 1,
  };
}

/** Passes on what `from` wrote: to everybody in the chat who has an account, and to the sender's other devices. */
export function fanOut(
  tx: Tx,
  world: World,
  from: AccountRef,
  message: WireMessage,
  device: number | null,
): void {
  deliver(tx, world, from, message, device);
  for (const to of recipients(tx, from, message.id.remote)) {
    const group = isGroupJid(message.id.remote)
      ? findGroup(tx.sql, from.world, message.id.remote)
      : null;
    if (group !== null && !isMember(group, from.pn)) continue;
    deliver(tx, world, to, seenBy(tx, from, to, message));
  }
}
