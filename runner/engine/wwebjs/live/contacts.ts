import type { CONTACT_OPERATIONS } from '../../../../shared/catalogue/live/contacts.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { WhatsAppPage } from '../page/types.ts';
import { type LivePage, onPage } from './live-page.ts';

export const CONTACTS: Implementers<LivePage, keyof typeof CONTACT_OPERATIONS> = {
  isOnWhatsApp: onPage(isOnWhatsApp),
};

/** Runs on the page. */
async function isOnWhatsApp({
  chatId,
}: EngineInput<'isOnWhatsApp'>): Promise<EngineOutput<'isOnWhatsApp'>> {
  const page = globalThis as unknown as WhatsAppPage;
  const wid = page.require('WAWebWidFactory').createWid(chatId);
  if (wid.server !== 'c.us' && wid.server !== 'lid') {
    const chat = (await page.require('WAWebFindChatAction').findOrCreateLatestChat(wid))?.chat;
    return { exists: chat != null, chatId: chat?.id._serialized ?? null, lid: null };
  }
  const answer = await page.require('WAWebQueryExistsJob').queryWidExists(wid);
  if (answer?.wid == null) return { exists: false, chatId: null, lid: null };
  const { getCurrentLid, getPhoneNumber } = page.require('WAWebApiContact');
  const found = answer.wid;
  const phone = found.server === 'lid' ? getPhoneNumber(found) : found;
  const lid = found.server === 'lid' ? found : (answer.lid ?? getCurrentLid(found));
  return {
    exists: true,
    chatId: (phone ?? found)._serialized,
    lid: lid?._serialized ?? null,
  };
}
