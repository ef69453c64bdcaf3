import type { ChatState, Group } from '../protocol/records.ts';
import { nowSeconds } from './core.ts';
import type { Core } from './core.ts';
import { ChatModel } from './models/chat.ts';
import type { ChatPatch, ChatServices } from './models/chat.ts';
import { GroupMetadataModel } from './models/group.ts';
import { toWid } from './wid.ts';
import { lookUp } from './people.ts';
import { chatPut, save } from './records.ts';

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

export async function refreshGroup(
  core: Core,
  id: unknown,
): Promise<GroupMetadataModel | undefined> {
  const chat = core.collections.Chat.get(id);
  const { group } = await core.transport.ask('groupQuery', { id: toWid(id).toString() });
  if (group !== null && chat !== undefined) applyGroup(core, chat, group);
  return chat?.groupMetadata;
}
