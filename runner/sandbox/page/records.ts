import type { ChatState, Group, Person, WireMessage } from '../protocol/records.ts';
import { nowSeconds } from './core.ts';
import type { Core } from './core.ts';
import { ChatModel } from './models/chat.ts';
import type { ChatPatch, ChatServices } from './models/chat.ts';
import { contactAttributes } from './models/contact.ts';
import type { ContactModel } from './models/contact.ts';
import { GroupMetadataModel } from './models/group.ts';
import type { MsgModel } from './models/message.ts';
import type { Put } from './storage.ts';
import { toWid } from './wid.ts';
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

function services(core: Core): ChatServices {
  return {
    title: (chat) => {
      const person = chat.id.isUser() ? core.directory.person(chat.id) : undefined;
      const name = chat.groupMetadata?.subject ?? chat.name ?? person?.name ?? person?.pushname;
      return name ?? `+${chat.id.user}`;
    },
    isMe: (id) => [core.me.pn, core.me.lid].some((me) => me?.equals(id) === true),
    modify: (chat, patch) => modifyChat(core, chat, patch),
  };
}

async function modifyChat(core: Core, chat: ChatModel, patch: ChatPatch): Promise<void> {
  await core.transport.ask('chatModify', { chat: chat.id.toString(), patch });
  if (patch.archived !== undefined) chat.set('archive', patch.archived);
  if (patch.pinned !== undefined) chat.set('pin', patch.pinned);
  if (patch.unread !== undefined) chat.set('unreadCount', patch.unread);
  if (patch.labels !== undefined) chat.set('labels', patch.labels);
  if (patch.muted !== undefined) {
    chat.mute.set('expiration', patch.muted);
    chat.set('muteExpiration', patch.muted);
  }
  await save(core, [chatPut(core, chat)]);
}

const emptyChat = (id: string): ChatState => ({
  id,
  t: nowSeconds(),
  unread: 0,
  archived: false,
  pinned: 0,
  muted: 0,
  labels: [],
});

/** The chat model of a state, made if need be; groups need their metadata the first time. */
export function ensureChat(
  core: Core,
  state: ChatState,
  silent: boolean,
  group?: Group | null,
): ChatModel {
  const { Chat } = core.collections;
  const id = core.directory.address(state.id);
  const known = Chat.get(id);
  const chat = known ?? new ChatModel(state, id, services(core));
  if (group !== undefined && group !== null) applyGroup(core, chat, group);
  const name = chat.id.isUser() ? core.directory.person(id)?.name : null;
  if (name !== undefined && name !== null) chat.name ??= name;
  return known ?? Chat.add(chat, { silent });
}

export function applyGroup(core: Core, chat: ChatModel, group: Group): void {
  if (chat.groupMetadata === undefined) {
    chat.groupMetadata = new GroupMetadataModel(group, core.directory);
  } else {
    chat.groupMetadata.apply(group, core.directory);
  }
  core.collections.GroupMetadata.add(chat.groupMetadata, { silent: true });
  chat.name = group.subject;
}

/** Finds or opens the chat of an id; null for numbers that are not on WhatsApp and groups that are not there. */
export async function findOrCreateChat(
  core: Core,
  id: unknown,
): Promise<{ chat: ChatModel; created: boolean } | null> {
  const wid = toWid(id);
  const known = core.collections.Chat.get(core.directory.address(wid));
  if (known !== undefined) return { chat: known, created: false };
  if (wid.isUser()) {
    const contact = await lookUp(core, wid);
    if (contact === null) return null;
    return {
      chat: ensureChat(core, emptyChat(core.directory.canonical(contact.id)), false),
      created: true,
    };
  }
  if (wid.isStatus())
    return { chat: ensureChat(core, emptyChat(wid.toString()), true), created: true };
  const { group } = await core.transport.ask('groupQuery', { id: wid.toString() });
  if (group === null) return null;
  return { chat: ensureChat(core, emptyChat(group.id), false, group), created: true };
}

/** A person the world confirms; null for a number that is not on WhatsApp. */
export async function lookUp(core: Core, id: unknown): Promise<ContactModel | null> {
  const { person } = await core.transport.ask('exists', { jid: toWid(id).toString() });
  return person === null ? null : meet(core, person);
}

/** Learns about a person and keeps their contact in step. */
export function meet(core: Core, person: Person): ContactModel {
  const before = core.directory.address(person.pn);
  core.directory.learn([person]);
  const id = core.directory.address(person.pn);
  // Their chat goes on under the id that this build prefers, as it does when WhatsApp tells of a LID.
  if (!before.equals(id)) core.collections.Chat.rename(before, id);
  const attributes = contactAttributes(person, id);
  const known = core.collections.Contact.get(id);
  if (known === undefined) return core.collections.Contact.add(attributes);
  const { id: _id, ...changes } = attributes;
  Object.assign(known, changes);
  return known;
}

export async function findContact(core: Core, id: unknown): Promise<ContactModel> {
  const wid = toWid(id);
  const known = core.collections.Contact.get(core.directory.address(wid));
  if (known !== undefined) return known;
  const person = wid.isUser() ? await lookUp(core, wid) : null;
  return person ?? core.collections.Contact.add({ id: wid });
}

export async function refreshGroup(
  core: Core,
  id: unknown,
): Promise<GroupMetadataModel | undefined> {
  const chat = core.collections.Chat.get(id);
  const { group } = await core.transport.ask('groupQuery', { id: toWid(id).toString() });
  if (group !== null && chat !== undefined) applyGroup(core, chat, group);
  return chat?.groupMetadata;
}
