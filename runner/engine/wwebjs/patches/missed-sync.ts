import type { LibraryPage } from '../library.ts';
import type { WhatsAppPage } from '../page/types.ts';

/**
 * The library learns that the page is synced from a change of `hasSynced` alone; when that came before it listened,
 * `ready` never comes (#3785, #2458 and their many twins). Tells the library's own handler what the page already knows.
 * @returns whether it had to
 */
export async function announceMissedSync(page: LibraryPage): Promise<boolean> {
  return page.evaluate(() => {
    const whatsApp = globalThis as unknown as WhatsAppPage & {
      onAppStateHasSyncedEvent?: () => void;
    };
    if (whatsApp.WWebJS !== undefined || whatsApp.onAppStateHasSyncedEvent === undefined)
      return false;
    const { Socket } = whatsApp.require('WAWebSocketModel');
    if (Socket.state !== 'CONNECTED' || Socket.hasSynced !== true) return false;
    whatsApp.onAppStateHasSyncedEvent();
    return true;
  });
}
