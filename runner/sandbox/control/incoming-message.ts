import type { WireMessage } from '../protocol/records.ts';
import { deliver, fanOut } from '../traffic/deliver.ts';
import { scheduleReceipts } from '../traffic/receipts.ts';
import { needAccount } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import { isMember, needGroup } from '../world/groups.ts';
import { isGroupJid, isUserJid, newPhoneWireId, phoneJid } from '../world/jids.ts';
import type { Tx } from '../world/ledger.ts';
import { canonicalJid, ensurePerson, meetPerson } from '../world/people.ts';
import { seconds } from '../world/world.ts';
import type { World } from '../world/world.ts';
import type { Act } from './act.ts';
import { needMessage, refOf } from './known-message.ts';
import { mediaContent, plainContent, type Incoming } from './message-content.ts';

function quote(tx: Tx, ref: AccountRef, wireId: string | undefined): Record<string, unknown> {
  if (wireId === undefined) return {};
  const quoted = needMessage(tx, ref, wireId);
  return {
    quotedStanzaID: wireId,
    quotedParticipant: quoted.author ?? quoted.from,
    quotedMsg: { type: quoted.type, body: quoted.body, caption: quoted['caption'] },
  };
}

/** Somebody writes to the account, or the account's own phone writes to a chat. */
export const message: Act<'message'> = async (world, input) => {
  const ref = refOf(input);
  const content = (await mediaContent(world, input)) ?? plainContent(input);
  return world.ledger.run((tx) => {
    needAccount(tx.sql, ref);
    const from = meetPerson(tx, ref.world, input.from).pn;
    const own = from === ref.pn;
    const chat = chatOf(tx, ref, input, from);
    const person = ensurePerson(
      tx,
      ref.world,
      from,
      input.pushname === undefined ? {} : { pushname: input.pushname },
    );
    if (own && isUserJid(chat)) ensurePerson(tx, ref.world, chat);
    const inGroup = isGroupJid(chat);
    if (inGroup && !isMember(needGroup(tx.sql, ref.world, chat), from)) {
      throw new SandboxError(403, 'NOT_MEMBER', `${from} is not in ${chat}`);
    }
    const t = seconds(world.now());
    const wireId = newPhoneWireId();
    const sent: WireMessage = {
      t,
      type: 'chat',
      ...content,
      ...quote(tx, ref, input.quotedWireId),
      ...(input.mentions === undefined ? {} : { mentionedJidList: input.mentions.map(phoneJid) }),
      ...(input.forwarded === true ? { isForwarded: true, forwardingScore: 1 } : {}),
      id: { fromMe: own, remote: chat, id: wireId, ...(inGroup ? { participant: from } : {}) },
      from: own ? ref.pn : chat,
      to: own || inGroup ? chat : ref.pn,
      ...(inGroup ? { author: from } : {}),
      notifyName: person.pushname,
      ack: 1,
    };
    if (own || inGroup) {
      groupOrOwn(tx, world, ref, sent, from);
    } else {
      deliver(tx, world, ref, sent);
    }
    if (own) tx.after(() => scheduleReceipts(world, ref, chat, wireId, 1));
    return { wireId, chat, t };
  });
};

/** @throws SandboxError BAD_REQUEST where nobody but the account itself could write this to that chat */
function chatOf(tx: Tx, ref: AccountRef, { chat }: Incoming, from: string): string {
  if (chat === undefined) return from;
  const jid = chat.includes('@') ? canonicalJid(tx.sql, ref.world, chat) : phoneJid(chat);
  if (isUserJid(jid) && jid !== from && from !== ref.pn)
    throw new SandboxError(
      400,
      'BAD_REQUEST',
      `What ${from} writes to ${ref.pn} is not in the chat with ${jid}; leave chat out, or name a group.`,
    );
  return jid;
}

/** In a group everybody gets it; from the own phone the other side gets it too. */
function groupOrOwn(tx: Tx, world: World, ref: AccountRef, sent: WireMessage, from: string): void {
  if (from === ref.pn) {
    fanOut(tx, world, ref, sent, null);
    return;
  }
  const members = needGroup(tx.sql, ref.world, sent.id.remote).participants;
  for (const { pn } of members) {
    if (pn === from) continue;
    const to = { world: ref.world, pn };
    if (
      pn === ref.pn ||
      tx.sql.one('select pn from account where world = ? and pn = ?', to.world, pn)
    ) {
      deliver(tx, world, to, { ...sent, id: { ...sent.id, fromMe: false } });
    }
  }
}
