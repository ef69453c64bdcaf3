import type { LibraryPage } from '../library.ts';

const UNREAD = 'onChatUnreadCountEvent';
const HANDLERS = new Set([UNREAD, 'onRemoveChatEvent', 'onArchiveChatEvent']);

/**
 * When a chat is removed, archived or read, 1.34.7 looks it up again by its id (Client.js:789, 928, 943), which makes a chat
 * anew that was deleted. Replaces these handlers, and hands on what the page sent of a chat whose unread count changed.
 */
export function chatEvents(page: LibraryPage, onUnread: (chat: unknown) => void): void {
  const expose = page.exposeFunction.bind(page);
  page.exposeFunction = async (name, handler) => {
    const source = typeof handler === 'function' ? handler.toString() : '';
    if (!HANDLERS.has(name) || !source.includes('getChatById')) return expose(name, handler);
    return expose(name, (chat: unknown) => {
      if (name === UNREAD) onUnread(chat);
    });
  };
}
