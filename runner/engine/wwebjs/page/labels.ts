import type { Label } from '../../../../shared/catalogue/live/labels.ts';
import type { LiveWindow, PageRefusal } from './live-types.ts';

/** The labels of a business account, and the chats that have some. */
export type LabelsShown = { labels: Label[]; chats: { chatId: string; labelIds: string[] }[] };

/** Runs on the page. Refuses with NOT_SUPPORTED for an account that is no business. */
export function readLabels(): Promise<LabelsShown | PageRefusal> {
  const page = globalThis as unknown as LiveWindow;
  const { live, chats } = page.__waypost;
  return live.attempt(async () => {
    const { platform = '' } = page.require('WAWebConnModel').Conn;
    if (platform === '')
      return live.refuse('SESSION_NOT_READY', 'WhatsApp Web does not know its phone yet.');
    const labels = live.labels();
    const labelled = page
      .require('WAWebCollections')
      .Chat.getModelsArray()
      .filter((chat) => (chat.labels ?? []).length > 0)
      .map((chat) => ({ chatId: chats.view(chat).id, labelIds: [...(chat.labels ?? [])] }));
    return { labels, chats: labelled };
  });
}
