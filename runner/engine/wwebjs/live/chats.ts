import type { CHAT_OPERATIONS } from '../../../../shared/catalogue/live/chats.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof CHAT_OPERATIONS;
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

export const CHATS: Implementers<LivePage, Names> = {
  listChats: onPage(listChats),
  getChat: onPage(getChat),
  updateChat: marking(onPage(updateChat)),
  markChatSeen: marking(onPage(markChatSeen)),
  showChatState: onPage(showChatState),
  listChatMessages: onPage(listChatMessages),
  deleteChat: onPage(deleteChat),
};

/** An operation that may mark the chat as read or unread. */
function marking<In extends { chatId: string }, Out>(
  run: (live: LivePage, input: In) => Promise<Out>,
) {
  return async (live: LivePage, input: In): Promise<Out> => {
    await live.actsOn(input.chatId);
    return run(live, input);
  };
}

/** Runs on the page. Only the rows of the page are described: an account may have thousands of chats. */
function listChats({
  after,
  limit,
  archived,
  labelId,
}: EngineInput<'listChats'>): Answer<'listChats'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, chats } = page.__waypost;
  return live.attempt(async () => {
    if (labelId !== undefined && live.labels().every(({ id }) => id !== labelId))
      live.refuse('NOT_FOUND', `There is no label ${labelId}.`);
    const known = page
      .require('WAWebCollections')
      .Chat.getModelsArray()
      .filter(({ id, archive, labels = [] }) => {
        const isChat = id.server !== 'broadcast';
        const isAsked = labelId === undefined || labels.includes(labelId);
        return isChat && isAsked && (archived === null || archived === (archive === true));
      })
      .map((chat) => ({ t: chat.t ?? 0, id: chat.id._serialized, chat }));
    const { rows, next } = live.pageOf(known, after, limit);
    return { chats: rows.map(({ chat }) => chats.view(chat)), next };
  });
}

/** Runs on the page. */
function getChat({ chatId }: EngineInput<'getChat'>): Answer<'getChat'> {
  const { live, chats } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => chats.view(live.chat(chatId)));
}

/** Runs on the page. */
function updateChat({
  chatId,
  archived,
  pinned,
  unread,
  mutedUntil,
}: EngineInput<'updateChat'>): Answer<'updateChat'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, chats } = page.__waypost;
  return live.attempt(async () => {
    const chat = live.chat(chatId);
    const before = chats.view(chat);
    const { Cmd } = page.require('WAWebCmd');
    if (archived !== undefined && archived !== before.archived)
      await Cmd.archiveChat(chat, archived);
    if (pinned !== undefined && pinned !== before.pinned) await Cmd.pinChat(chat, pinned);
    if (unread !== undefined && unread !== before.markedUnread)
      await Cmd.markChatUnread(chat, unread);
    if (mutedUntil === 0) await chat.mute?.unmute({ sendDevice: true });
    else if (mutedUntil !== undefined)
      await chat.mute?.mute({ expiration: mutedUntil, sendDevice: true });

    const isDone = (): boolean => {
      const now = chats.view(chat);
      return (
        (archived ?? now.archived) === now.archived &&
        (pinned ?? now.pinned) === now.pinned &&
        (unread ?? now.markedUnread) === now.markedUnread &&
        (mutedUntil === undefined || (chat.mute?.expiration ?? 0) === mutedUntil)
      );
    };
    await live.until(isDone);
    return chats.view(chat);
  });
}

/** Runs on the page. */
function markChatSeen({ chatId }: EngineInput<'markChatSeen'>): Answer<'markChatSeen'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, chats } = page.__waypost;
  return live.attempt(async () => {
    const chat = live.chat(chatId);
    const { Stream } = page.require('WAWebStreamModel');
    // A page that is not in front sends no marks; the phone must go on ringing afterwards.
    Stream.markAvailable();
    try {
      await page.require('WAWebUpdateUnreadChatAction').sendSeen({ chat, threadId: undefined });
    } finally {
      Stream.markUnavailable();
    }
    return chats.view(chat);
  });
}

/** Runs on the page. */
function showChatState({
  chatId,
  state,
  forMs,
}: EngineInput<'showChatState'>): Answer<'showChatState'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const { id } = live.chat(chatId);
    const bridge = page.require('WAWebChatStateBridge');
    if (state === 'none') {
      await bridge.sendChatStatePaused(id);
      return { state };
    }
    if (state === 'typing') await bridge.sendChatStateComposing(id);
    else await bridge.sendChatStateRecording(id);
    if (forMs > 0)
      setTimeout(() => {
        // Without a line, the other side has stopped showing it as well.
        bridge.sendChatStatePaused(id).catch(() => undefined);
      }, forMs);
    return { state };
  });
}

/** Runs on the page. */
function listChatMessages({
  chatId,
  after,
  limit,
}: EngineInput<'listChatMessages'>): Answer<'listChatMessages'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const chat = live.chat(chatId);
    const { loadEarlierMsgs } = page.require('WAWebChatLoadMessages');
    let loaded = chat.msgs.getModelsArray();
    /** Newest first; those of one second stay in the chat's own order. */
    const rest = () => {
      const once = new Map(loaded.map((message) => [String(message.id), message]));
      const messages = [...once.values()]
        .filter((message) => message.isNotification !== true)
        .reverse()
        .sort((a, b) => b.t - a.t);
      if (after === null) return messages;
      const at = messages.findIndex(({ id }) => id.id === after.id);
      return at === -1 ? messages.filter(({ t }) => t < after.t) : messages.slice(at + 1);
    };
    for (;;) {
      if (rest().length > limit) break;
      const earlier = (await loadEarlierMsgs({ chat })) ?? [];
      const known = new Set(loaded.map(({ id }) => String(id)));
      if (earlier.every(({ id }) => known.has(String(id)))) break;
      loaded = [...earlier, ...loaded];
    }
    const found = rest();
    const rows = found.slice(0, limit);
    const last = found.length > limit ? rows.at(-1) : undefined;
    return {
      messages: rows.map((message) => ({
        wireId: message.id.id,
        fromMe: message.id.fromMe,
        from: message.id.fromMe
          ? null
          : live.person(message.author ?? message.id.participant ?? message.id.remote),
        type: message.type,
        // The body of a file is its thumbnail.
        text: (message.directPath === undefined ? message.body : message.caption) ?? null,
        hasMedia: message.directPath !== undefined,
        sentAt: new Date(message.t * 1_000).toISOString(),
        starred: message.star === true,
        quotedWireId: message.quotedStanzaID ?? null,
      })),
      next: last === undefined ? null : { t: last.t, id: last.id.id },
    };
  });
}

/** Runs on the page. */
function deleteChat({ chatId }: EngineInput<'deleteChat'>): Answer<'deleteChat'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    await page.require('WAWebDeleteChatAction').sendDelete(live.chat(chatId));
    return { deleted: true };
  });
}
