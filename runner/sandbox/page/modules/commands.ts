import type { Core } from '../core.ts';
import { nowSeconds } from '../core.ts';
import type { ChatModel } from '../models/chat.ts';
import type { MsgModel } from '../models/message.ts';
import { deleteMessages, revokeMessage } from './addons.ts';

type MessageList = { list: MsgModel[]; type: string };

/** The command bus and the commands the library gives over it. */
export function commandModules(
  core: Core,
  refreshRef: () => Promise<void>,
): Record<string, object> {
  const star = async (messages: MsgModel[], on: boolean): Promise<void> => {
    for (const message of messages) message.set('star', on);
    await Promise.resolve();
  };
  const Cmd = Object.assign(core.cmd, {
    refreshQR: refreshRef,
    archiveChat: (chat: ChatModel, on: boolean) => chat.modify({ archived: on }),
    pinChat: (chat: ChatModel, on: boolean) => chat.modify({ pinned: on ? nowSeconds() : 0 }),
    markChatUnread: (chat: ChatModel, on: boolean) => chat.modify({ unread: on ? -1 : 0 }),
    sendRevokeMsgs: async (_chat: ChatModel, { list }: MessageList) => {
      for (const message of list) await revokeMessage(core, message);
    },
    sendDeleteMsgs: (_chat: ChatModel, { list }: MessageList) => deleteMessages(core, list),
    sendStarMsgs: (_chat: ChatModel, messages: MsgModel[]) => star(messages, true),
    sendUnstarMsgs: (_chat: ChatModel, messages: MsgModel[]) => star(messages, false),
    openChatBottom: () => Promise.resolve(true),
    openChatAt: () => Promise.resolve(true),
    openDrawerMid: () => Promise.resolve(),
    chatSearch: () => undefined,
    msgInfoDrawer: () => undefined,
  });
  return {
    WAWebCmd: { Cmd },
    WAWebDrawerManager: { DrawerManager: { closeDrawerRight: () => undefined } },
    WAWebChatMessageSearch: { getSearchContext: () => ({}) },
  };
}
