import type { LibraryPage } from '../library.ts';
import type { PatchOutcome } from '../page/types.ts';

const UNREAD = 'onChatUnreadCountEvent';
const HANDLERS = new Set([UNREAD, 'onRemoveChatEvent', 'onArchiveChatEvent']);

/**
 * Version 1.34.7 looks a chat up by its id when it is removed, archived or read (Client.js:789, 928, 943), which recreates a
 * deleted chat. These handlers do not. `onUnread` gets the chat, as the page sent it, when its unread count changes.
 */
export function chatEvents(
  page: LibraryPage,
  onUnread: (chat: unknown) => void,
  report: (outcome: PatchOutcome) => void,
): void {
  const expose = page.exposeFunction.bind(page);
  page.exposeFunction = async (name, handler) => {
    const source = typeof handler === 'function' ? handler.toString() : '';
    if (!HANDLERS.has(name)) return expose(name, handler);
    const isNeeded = source.includes('getChatById');
    report(isNeeded ? 'applied' : 'not needed');
    if (!isNeeded) return expose(name, handler);
    return expose(name, (chat: unknown) => {
      if (name === UNREAD) onUnread(chat);
    });
  };
}
