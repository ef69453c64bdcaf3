import type { Core } from '../core.ts';
import type { ChatModel } from '../models/chat.ts';
import type { MsgModel } from '../models/message.ts';
import { findOrCreateChat } from '../chats.ts';
import { chatPut, recall, save } from '../records.ts';
import type { Wid } from '../wid.ts';
import { deleteMessages } from './addons.ts';

const pageSize = 50;

/** Older messages of a chat, from this profile's own store; [] at its beginning. */
async function loadEarlier(core: Core, chat: ChatModel): Promise<MsgModel[]> {
  const orders = chat.msgs.map((message) => message.order);
  const oldest = Math.min(Infinity, ...orders);
  const records = await core.storage.newest(core.directory.canonical(chat.id), oldest, pageSize);
  const loaded = records.reverse().map((record) => recall(core, record));
  return loaded.filter((message) => message !== undefined);
}

async function markSeen(core: Core, chat: ChatModel): Promise<void> {
  if (chat.unreadCount === 0) return;
  await core.transport.ask('seen', { chat: chat.id.toString() });
  chat.set('unreadCount', 0);
  await save(core, [chatPut(core, chat)]);
}

/** Chats: finding, loading, seeing, clearing, and what is shown while one writes. */
export function chatModules(core: Core): Record<string, object> {
  const say = async (id: Wid, state: string): Promise<void> => {
    await core.transport.ask('chatState', { chat: id.toString(), state });
  };
  const presence = async (available: boolean): Promise<void> => {
    if (!core.transport.connected) return;
    await core.transport.ask('presence', { available });
  };
  return {
    WAWebFindChatAction: { findOrCreateLatestChat: (id: unknown) => findOrCreateChat(core, id) },
    WAWebChatGetters: {
      getIsNewsletter: (chat: ChatModel) => chat.id.isNewsletter(),
      getIsBroadcast: (chat: ChatModel) => chat.id.isBroadcast(),
      getIsGroup: (chat: ChatModel) => chat.id.isGroup(),
      getIsUser: (chat: ChatModel) => chat.id.isUser(),
    },
    WAWebChatLoadMessages: {
      loadEarlierMsgs: ({ chat }: { chat: ChatModel }) => loadEarlier(core, chat),
    },
    WAWebUpdateUnreadChatAction: {
      sendSeen: ({ chat }: { chat: ChatModel }) => markSeen(core, chat),
    },
    WAWebChatClearBridge: {
      sendClear: (chat: ChatModel) => deleteMessages(core, chat.msgs.models),
    },
    WAWebDeleteChatAction: {
      sendDelete: async (chat: ChatModel) => {
        await deleteMessages(core, chat.msgs.models);
        await core.storage.remove('chat', [core.directory.canonical(chat.id)]);
        core.collections.Chat.remove(chat);
      },
    },
    WAWebChatStateBridge: {
      sendChatStateComposing: (id: Wid) => say(id, 'composing'),
      sendChatStateRecording: (id: Wid) => say(id, 'recording'),
      sendChatStatePaused: (id: Wid) => say(id, 'paused'),
    },
    WAWebPresenceChatAction: {
      sendPresenceAvailable: () => presence(true),
      sendPresenceUnavailable: () => presence(false),
    },
    WAWebSendNonMessageDataRequest: { sendPeerDataOperationRequest: () => Promise.resolve() },
  };
}
