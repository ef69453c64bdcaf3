import type { WireMessage } from '../protocol/records.ts';
import type { Core } from './core.ts';
import type { ChatModel } from './models/chat.ts';
import type { MsgModel } from './models/message.ts';
import { StatusModel } from './models/status.ts';
import type { Put } from './storage.ts';
import { fromWire, toWire } from './wire.ts';

/** A message on disk. `pending` is 1 for own messages the world has not answered yet, else 0 (an index needs numbers). */
export type MessageRecord = {
  wireId: string;
  chat: string;
  order: number;
  pending: 0 | 1;
  message: WireMessage;
};

const perSecond = 10_000;

/** Hands out places in a chat: increasing, and in step with the messages' clock. */
export class Places {
  #last = 0;

  next(t: number): number {
    this.#last = Math.max(t * perSecond, this.#last + 1);
    return this.#last;
  }
}

export function messagePut(core: Core, message: MsgModel, pending: boolean): Put {
  const wire = toWire(core, message);
  const record: MessageRecord = {
    wireId: wire.id.id,
    chat: wire.id.remote,
    order: message.order,
    pending: pending ? 1 : 0,
    message: wire,
  };
  return { store: 'message', key: recordKey(wire), value: record };
}

const recordKey = (wire: WireMessage): string =>
  `${String(wire.id.fromMe)}_${wire.id.remote}_${wire.id.id}`;

export function chatPut(core: Core, chat: ChatModel): Put {
  const id = core.directory.canonical(chat.id);
  return { store: 'chat', key: id, value: chat.state(id) };
}

/** Brings a stored message into memory, unless it is there. */
export function recall(core: Core, value: unknown): MsgModel | undefined {
  if (value === undefined) return undefined;
  // Records are written by messagePut alone.
  const record = value as MessageRecord;
  const message = fromWire(core, record.message, false);
  const known = core.collections.Msg.get(message.id);
  if (known !== undefined) return known;
  message.place(record.order);
  return enter(core, message, true);
}

/** Adds a message to Msg and to its chat; Msg repeats its events. */
export function enter(core: Core, message: MsgModel, silent: boolean): MsgModel {
  const { Msg, Chat } = core.collections;
  message.joinCollection(Msg);
  const chat = Chat.get(message.id.remote);
  chat?.msgs.add(message, { silent: true });
  if (chat !== undefined && !message.id.fromMe) chat.lastReceivedKey = message.id;
  return Msg.add(message, { silent });
}

export async function loadMessage(core: Core, key: string): Promise<MsgModel | undefined> {
  const { fromMe, remote, id } = core.MsgKey.fromString(key);
  const canonical = core.directory.canonical(remote);
  return recall(core, await core.storage.get('message', `${String(fromMe)}_${canonical}_${id}`));
}

/** The place of a message that is on disk; null for one that is not. */
export async function storedPlace(core: Core, wire: WireMessage): Promise<number | null> {
  // Records are written by messagePut alone.
  const record = (await core.storage.get('message', recordKey(wire))) as MessageRecord | undefined;
  return record?.order ?? null;
}

export async function loadMessageByWireId(
  core: Core,
  wireId: string,
): Promise<MsgModel | undefined> {
  const [record] = await core.storage.byIndex('message', 'wireId', wireId);
  return recall(core, record);
}

/** Puts changed messages and chats on disk. */
export function save(core: Core, puts: Put[]): Promise<void> {
  return core.storage.write(puts);
}

/** Keeps the account's own status posts. */
export function savePosts(core: Core, { msgs }: StatusModel): Promise<void> {
  const value = msgs.getModelsArray().map((message) => toWire(core, message));
  return core.storage.write([{ store: 'kv', key: 'posts', value }]);
}

export async function recallPosts(core: Core): Promise<void> {
  // Written by savePosts alone.
  const posts = (await core.storage.get('kv', 'posts')) as WireMessage[] | undefined;
  if (posts === undefined) return;
  const status = core.collections.Status.add(new StatusModel(core.me.pn));
  for (const post of posts) status.msgs.add(fromWire(core, post, false));
}
