import type { PageChats } from './live-types.ts';
import type { WhatsAppPage } from './types.ts';

/** Runs in each new document, after `installLive`. Adds to the agent what operations on chats share. */
export function installChats(): void {
  const page = globalThis as unknown as WhatsAppPage;
  const live = page.__waypost?.live;
  if (page.__waypost === undefined || live === undefined) return;

  const typeOf = (server: string) =>
    server === 'g.us' ? 'group' : server === 'newsletter' ? 'channel' : 'person';

  const chats: PageChats = {
    view: ({ id, t, unreadCount = 0, archive, pin = 0, mute, formattedTitle }) => {
      const type = typeOf(id.server);
      const isPerson = type === 'person';
      const until = mute?.expiration ?? 0;
      return {
        id: isPerson ? live.person(id).id : id._serialized,
        type,
        name: formattedTitle ?? null,
        lastMessageAt: live.timeOf(t),
        unreadCount: Math.max(0, unreadCount),
        markedUnread: unreadCount === -1,
        archived: archive === true,
        pinned: pin > 0,
        muted: until !== 0,
        mutedUntil: live.timeOf(until),
        saved: isPerson ? live.summary(id).saved : null,
      };
    },
  };
  page.__waypost.chats = chats;
}
