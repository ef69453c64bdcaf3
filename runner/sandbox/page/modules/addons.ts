import { Collection } from '../collection.ts';
import type { Core } from '../core.ts';
import { needMe } from '../core.ts';
import type { MsgModel } from '../models/message.ts';
import { Model } from '../model.ts';
import { newWireId } from '../msg-key.ts';
import type { MsgKey } from '../msg-key.ts';
import { chatPut, messagePut } from '../records.ts';
import type { Put } from '../storage.ts';
import { toWire } from '../wire.ts';
import type { Wid } from '../wid.ts';

type ReactionRow = {
  id: MsgKey;
  reactionParentKey: MsgKey;
  /** Milliseconds. */
  reactionTimestamp: number;
  author: Wid;
  from: Wid;
  reactionText: string;
  orphan: number;
  read: boolean;
  ack: number;
};

type VoteRow = {
  id: MsgKey;
  pollUpdateParentKey: MsgKey;
  parentMsgKey: string;
  t: number;
  senderTimestampMs: number;
  author: Wid;
  from: Wid;
  sender: string;
  selectedOptionLocalIds: number[];
};

type Sender = { senderUserJid: string } & Record<string, unknown>;
class ReactionModel extends Model {
  declare id: string;
  declare aggregateEmoji: string;
  declare hasReactionByMe: boolean;
  declare senders: Sender[];
}
class MessageReactionsModel extends Model {
  declare id: string;
  declare reactions: Collection<ReactionModel>;
}

/** Reactions and poll votes, for the stanzas that bring them. */
export type Addons = {
  reacted: (
    target: MsgModel,
    by: { wireId: string; from: string; text: string; t: number },
  ) => Promise<void>;
  voted: (
    target: MsgModel,
    by: { wireId: string; from: string; options: number[]; t: number },
  ) => Promise<void>;
};

const isMe = (core: Core, id: Wid): boolean =>
  [core.me.pn, core.me.lid].some((me) => me?.equals(id) === true);

function keepReaction(core: Core, row: ReactionRow): void {
  const parent = String(row.reactionParentKey);
  const { Reactions, Msg } = core.collections;
  const known = Reactions.get(parent);
  const entry =
    known instanceof MessageReactionsModel
      ? known
      : new MessageReactionsModel({ id: parent, reactions: new Collection(ReactionModel) });
  if (known === undefined) Reactions.add(entry);
  const sender = row.author.toString();
  for (const reaction of entry.reactions.models) {
    reaction.senders = reaction.senders.filter((one) => one.senderUserJid !== sender);
    if (reaction.senders.length === 0) entry.reactions.remove(reaction);
  }
  if (row.reactionText !== '') {
    const reaction = entry.reactions.gadd(row.reactionText);
    reaction.aggregateEmoji = row.reactionText;
    reaction.senders = [
      ...(reaction.senders ?? []),
      {
        msgKey: row.id,
        parentMsgKey: row.reactionParentKey,
        senderUserJid: sender,
        reactionText: row.reactionText,
        timestamp: row.reactionTimestamp,
        read: row.read,
        ack: row.ack,
      },
    ];
    reaction.hasReactionByMe = isMe(core, row.author) || (reaction.hasReactionByMe ?? false);
  }
  Msg.get(parent)?.set('hasReaction', entry.reactions.length > 0);
}

/** As the page's own database keeps them: one row for each person and message, keys as text. */
function reactionPut(row: ReactionRow): Put {
  const parentMsgKey = String(row.reactionParentKey);
  const senderUserJid = row.author.toString();
  const { reactionText, reactionTimestamp: timestamp, orphan, read, ack } = row;
  const t = Math.trunc(timestamp / 1_000);
  const keys = { msgKey: String(row.id), parentMsgKey, senderUserJid };
  const value = { ...keys, reactionText, timestamp, t, orphan, read, ack };
  return { store: 'reaction', key: `${parentMsgKey} ${senderUserJid}`, value };
}

function votePut({ id, parentMsgKey, sender, ...row }: VoteRow): Put {
  const { senderTimestampMs, selectedOptionLocalIds } = row;
  const value = {
    msgKey: String(id),
    parentMsgKey,
    sender,
    selectedOptionLocalIds: Uint8Array.from(selectedOptionLocalIds).buffer,
    senderTimestampMs,
    t: Math.trunc(senderTimestampMs / 1_000),
    ack: 1,
  };
  return { store: 'vote', key: `${parentMsgKey} ${sender}`, value };
}

/** Tables and actions of reactions, polls and pins. The library replaces `bulkUpsert`: always call the property. */
export function defineAddons(core: () => Core): {
  addons: Addons;
  modules: Record<string, object>;
} {
  const reactions = {
    reactionTableMode: {
      bulkUpsert: (rows: ReactionRow[]): Promise<void> => {
        for (const row of rows) keepReaction(core(), row);
        return core().storage.write(rows.map(reactionPut));
      },
    },
  };
  const votes = {
    pollVoteTableMode: {
      bulkUpsert: (rows: VoteRow[]): Promise<void> => core().storage.write(rows.map(votePut)),
    },
  };

  const addonKey = (target: MsgModel, wireId: string, author: Wid): MsgKey =>
    new (core().MsgKey)({
      fromMe: isMe(core(), author),
      remote: target.id.remote,
      id: wireId,
      participant: target.id.remote.isGroup() ? author : undefined,
    });

  const addons: Addons = {
    reacted: async (target, by) => {
      const author = core().directory.address(by.from);
      await reactions.reactionTableMode.bulkUpsert([
        {
          id: addonKey(target, by.wireId, author),
          reactionParentKey: target.id,
          reactionTimestamp: by.t,
          author,
          from: author,
          reactionText: by.text,
          orphan: 0,
          read: false,
          ack: 1,
        },
      ]);
    },
    voted: async (target, by) => {
      const author = core().directory.address(by.from);
      await votes.pollVoteTableMode.bulkUpsert([
        {
          id: addonKey(target, by.wireId, author),
          pollUpdateParentKey: target.id,
          parentMsgKey: String(target.id),
          t: by.t,
          senderTimestampMs: by.t,
          author,
          from: author,
          sender: author.toString(),
          selectedOptionLocalIds: by.options,
        },
      ]);
    },
  };

  // These stores are written by reactionPut and votePut alone.
  const allOf = (store: 'reaction' | 'vote') =>
    core().storage.all(store) as Promise<{ parentMsgKey: string }[]>;

  /** The fields every addon sends, with its ratchet step on disk. */
  const prepare = async (target: MsgModel) => {
    const { counter, put } = core().ratchet.step();
    await core().storage.write([put]);
    return { target: toWire(core(), target).id, wireId: newWireId(), counter };
  };

  const pins: { chatId: string; parentMsgKey: string; pinType: number }[] = [];

  const modules = {
    WAWebAddonReactionTableMode: reactions,
    WAWebAddonPollVoteTableMode: votes,
    WAWebSendReactionMsgAction: {
      sendReactionToMsg: async (target: MsgModel, text: string) => {
        const sent = await prepare(target);
        const { t } = await core().transport.ask('react', { ...sent, text });
        await addons.reacted(target, { ...sent, from: needMe(core()).toString(), text, t });
        await core().storage.write([messagePut(core(), target, false)]);
      },
    },
    WAWebPollsSendVoteMsgAction: {
      sendVote: async (target: MsgModel, chosen: Set<number>) => {
        const sent = await prepare(target);
        const options = [...chosen];
        const { t } = await core().transport.ask('vote', { ...sent, options });
        await addons.voted(target, { ...sent, from: needMe(core()).toString(), options, t });
      },
    },
    WAWebPollsVotesSchema: {
      getTable: () => ({
        equals: async (_columns: string[], key: string) =>
          (await allOf('vote')).filter(({ parentMsgKey }) => parentMsgKey === key),
        all: () => allOf('vote'),
      }),
    },
    WAWebSchemaReactions: { getReactionsTable: () => ({ all: () => allOf('reaction') }) },
    WAWebSendMessageEditAction: {
      sendMessageEdit: async (target: MsgModel, body: string) => {
        const sent = await prepare(target);
        const { t } = await core().transport.ask('edit', { ...sent, body });
        const field = target.directPath === undefined ? 'body' : 'caption';
        target.set({ [field]: body, latestEditMsgKey: target.id, latestEditSenderTimestampMs: t });
        await core().storage.write([messagePut(core(), target, false)]);
      },
    },
    WAWebPinMsgConstants: { getPinExpiryDuration: () => 604_800 },
    WAWebSendPinMessageAction: {
      sendPinInChatMsg: (target: MsgModel, action: number) => {
        const key = String(target.id);
        const at = pins.findIndex((pin) => pin.parentMsgKey === key);
        if (at >= 0) pins.splice(at, 1);
        if (action === 1) {
          pins.push({ chatId: target.id.remote.toString(), parentMsgKey: key, pinType: 1 });
        }
        return Promise.resolve({ messageSendResult: 'OK' });
      },
    },
    WAWebPinInChatSchema: {
      getTable: () => ({
        equals: (_columns: string[], chatId: string) =>
          Promise.resolve(
            pins.filter((pin) => pin.chatId === core().directory.address(chatId).toString()),
          ),
      }),
    },
  };
  return { addons, modules };
}

/** @param t Unix seconds */
export function showRevoked(target: MsgModel, t: number): void {
  const protocolMessageKey = target.id;
  target.set({ type: 'revoked', body: undefined, protocolMessageKey, revokeTimestamp: t });
}

/** Takes a message back from everybody, and shows it as revoked here. */
export async function revokeMessage(core: Core, target: MsgModel): Promise<void> {
  const { counter, put } = core.ratchet.step();
  await core.storage.write([put]);
  const { t } = await core.transport.ask('revoke', {
    target: toWire(core, target).id,
    wireId: newWireId(),
    counter,
  });
  showRevoked(target, Math.trunc(t / 1_000));
  await core.storage.write([messagePut(core, target, false)]);
}

/** Removes messages from this device only. */
export async function deleteMessages(core: Core, targets: MsgModel[]): Promise<void> {
  const keys = targets.map((target) => {
    const { fromMe, remote, id } = toWire(core, target).id;
    return `${String(fromMe)}_${remote}_${id}`;
  });
  await core.storage.remove('message', keys);
  for (const target of targets) {
    const chat = core.collections.Chat.get(target.id.remote);
    chat?.msgs.remove(target);
    core.collections.Msg.remove(target);
    if (chat !== undefined) await core.storage.write([chatPut(core, chat)]);
  }
}
