import type { WhatsAppPage } from './types.ts';

/** Runs on the page. Key and time of our account's own newest messages, wherever they were written. */
export function newestOwnMessages(): { id: string; t: number }[] {
  const { Msg } = (globalThis as unknown as WhatsAppPage).require('WAWebCollections');
  return Msg.getModelsArray()
    .filter(({ id, isNotification }) => id.fromMe && isNotification !== true)
    .sort((a, b) => b.t - a.t)
    .slice(0, 1_000)
    .map(({ id, t }) => ({ id: String(id), t }));
}
