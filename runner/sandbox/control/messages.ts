import { createHash, randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { incomingSchema } from '../control-schemas.ts';
import type { WireMessage } from '../protocol/records.ts';
import { editOf, storeReaction, storeVote } from '../traffic/changes.ts';
import { deliver, fanOut } from '../traffic/deliver.ts';
import { giveReceipt, scheduleReceipts } from '../traffic/receipts.ts';
import { needAccount } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import { isMember, needGroup } from '../world/groups.ts';
import { isGroupJid, isUserJid, newPhoneWireId, phoneJid } from '../world/jids.ts';
import type { Tx } from '../world/ledger.ts';
import { storeMedia } from '../world/media.ts';
import { changeChat, changeMessage, findMessage } from '../world/messages.ts';
import { canonicalJid, ensurePerson, meetPerson } from '../world/people.ts';
import { queueStanza } from '../world/stanzas.ts';
import { seconds } from '../world/world.ts';
import type { World } from '../world/world.ts';
import type { Act } from './act.ts';

type Incoming = z.output<typeof incomingSchema>;

const refOf = (input: { world: string; account: string }): AccountRef => ({
  world: input.world,
  pn: phoneJid(input.account),
});

/** @throws SandboxError UNKNOWN_MESSAGE */
function needMessage(tx: Tx, ref: AccountRef, wireId: string): WireMessage {
  needAccount(tx.sql, ref);
  const message = findMessage(tx.sql, ref, wireId);
  if (message === null) {
    throw new SandboxError(404, 'UNKNOWN_MESSAGE', `${ref.pn} has no message ${wireId}.`);
  }
  return message;
}

const mediaKinds: Record<string, { type: string; mimetype: string }> = {
  image: { type: 'image', mimetype: 'image/jpeg' },
  video: { type: 'video', mimetype: 'video/mp4' },
  audio: { type: 'audio', mimetype: 'audio/mpeg' },
  voice: { type: 'ptt', mimetype: 'audio/ogg; codecs=opus' },
  document: { type: 'document', mimetype: 'application/octet-stream' },
  sticker: { type: 'sticker', mimetype: 'image/webp' },
};

async function mediaContent(
  world: World,
  input: Incoming,
): Promise<Record<string, unknown> | null> {
  const kind = mediaKinds[input.type];
  if (kind === undefined) return null;
  if (input.mediaBase64 === undefined) {
    throw new SandboxError(400, 'BAD_REQUEST', `a ${input.type} needs mediaBase64`);
  }
  const data = Buffer.from(input.mediaBase64, 'base64');
  const stored = await storeMedia(world, data, input.mimetype ?? kind.mimetype);
  return {
    type: kind.type,
    directPath: stored.path,
    mimetype: stored.mimetype,
    filename: input.filename,
    caption: input.caption ?? (kind.type === 'document' ? input.filename : undefined),
    size: stored.size,
    filehash: stored.sha256,
    encFilehash: createHash('sha256').update(stored.sha256).digest('base64'),
    mediaKey: randomBytes(32).toString('base64'),
    mediaKeyTimestamp: seconds(world.now()),
  };
}

function plainContent(input: Incoming): Record<string, unknown> {
  switch (input.type) {
    case 'location':
      return {
        type: 'location',
        lat: input.latitude ?? 0,
        lng: input.longitude ?? 0,
        loc: input.body,
      };
    case 'contact':
      return { type: 'vcard', body: input.vcard ?? input.body };
    case 'poll':
      return {
        type: 'poll_creation',
        pollName: input.body ?? 'Poll',
        pollOptions: (input.pollOptions ?? []).map((name, localId) => ({ name, localId })),
        pollSelectableOptionsCount: 0,
      };
    case 'ciphertext':
      return { type: 'ciphertext' };
    case 'text':
      return { type: 'chat', body: input.body ?? '' };
    case 'image':
    case 'video':
    case 'audio':
    case 'voice':
    case 'document':
    case 'sticker':
      throw new Error(`mediaContent answers for a ${input.type}`);
  }
}

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

export const read: Act<'read'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    needAccount(tx.sql, ref);
    const chat = canonicalJid(tx.sql, ref.world, input.chat);
    changeChat(tx, ref, chat, seconds(world.now()), () => ({ unread: 0 }));
    queueStanza(tx, world.hub, ref, { kind: 'read', chat });
    return {};
  });
};

export const reaction: Act<'reaction'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    needMessage(tx, ref, input.wireId);
    const from = phoneJid(input.from);
    const t = world.now();
    storeReaction(tx, ref, input.wireId, from, input.text, t);
    queueStanza(tx, world.hub, ref, {
      kind: 'reaction',
      target: input.wireId,
      wireId: newPhoneWireId(),
      from,
      text: input.text,
      t,
    });
    return {};
  });
};

export const edit: Act<'edit'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    const t = world.now();
    const before = needMessage(tx, ref, input.wireId);
    changeMessage(tx, ref, input.wireId, editOf(before, input.body, t));
    queueStanza(tx, world.hub, ref, { kind: 'edit', target: input.wireId, body: input.body, t });
    return {};
  });
};

export const revoke: Act<'revoke'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    const before = needMessage(tx, ref, input.wireId);
    changeMessage(tx, ref, input.wireId, { type: 'revoked', body: undefined });
    const from = before.author ?? before.from;
    queueStanza(tx, world.hub, ref, { kind: 'revoke', target: input.wireId, from });
    return {};
  });
};

export const vote: Act<'vote'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    const poll = needMessage(tx, ref, input.wireId);
    const options = Array.isArray(poll['pollOptions']) ? poll['pollOptions'] : [];
    const names = options.map((option: unknown) =>
      typeof option === 'object' && option !== null && 'name' in option ? option.name : option,
    );
    const chosen = input.options.map((name) => names.indexOf(name));
    if (chosen.includes(-1)) {
      throw new SandboxError(400, 'BAD_REQUEST', `this poll offers: ${names.join(', ')}`);
    }
    const from = phoneJid(input.from);
    const t = world.now();
    storeVote(tx, ref, input.wireId, from, chosen, t);
    queueStanza(tx, world.hub, ref, {
      kind: 'vote',
      target: input.wireId,
      wireId: newPhoneWireId(),
      from,
      options: chosen,
      t,
    });
    return {};
  });
};

export const decrypt: Act<'decrypt'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    needMessage(tx, ref, input.wireId);
    changeMessage(tx, ref, input.wireId, { type: 'chat', body: input.body });
    queueStanza(tx, world.hub, ref, { kind: 'decrypted', target: input.wireId, body: input.body });
    return {};
  });
};

export const ack: Act<'ack'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    needMessage(tx, ref, input.wireId);
    return { changed: giveReceipt(tx, world, ref, input.wireId, input.ack) };
  });
};
