import type { PageMessage, WhatsAppPage } from './types.ts';

/** Runs on the page. Whether the other person of a chat has written in it, as far as the page knows or soon finds out. */
export async function isAnswered(chatId: string): Promise<boolean> {
  const page = globalThis as unknown as WhatsAppPage;
  const { Chat } = page.require('WAWebCollections');
  const { getCurrentLid, getPhoneNumber } = page.require('WAWebApiContact');
  const wid = page.require('WAWebWidFactory').createWid(chatId);
  const other = wid.server === 'lid' ? getPhoneNumber(wid) : getCurrentLid(wid);
  const chat = Chat.get(wid) ?? (other == null ? undefined : Chat.get(other));
  if (chat === undefined) return false;
  const notices = [
    'e2e_notification',
    'notification',
    'notification_template',
    'call_log',
    'protocol',
  ];
  const isWritten = ({ id, type, isNotification }: PageMessage): boolean =>
    !id.fromMe && isNotification !== true && !notices.includes(type);
  if (chat.msgs.getModelsArray().some(isWritten)) return true;
  // After a reload the page holds no more than the newest message of a chat.
  const earlier = await page.__waypost?.loadEarlier(chat, 1_000);
  return earlier?.some(isWritten) === true;
}
