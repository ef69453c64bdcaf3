import type { LibraryPage } from '../library.ts';
import type { PatchOutcome, WhatsAppPage } from '../page/types.ts';

const HANDLER = 'onAuthAppStateChangedEvent';

/**
 * When nobody scans, the page goes UNPAIRED_IDLE. 1.34.7 then calls `window.require` in Node instead of on the page
 * (Client.js:290): ReferenceError, and no new QR ever comes. Replaces that one handler, and reports the state it saw,
 * which is the page's only sign between the scan and `ready`.
 */
export function idleQr(
  page: LibraryPage,
  onState: (state: string) => void,
  report: (outcome: PatchOutcome) => void,
): void {
  const expose = page.exposeFunction.bind(page);
  page.exposeFunction = async (name, handler) => {
    const source = typeof handler === 'function' ? handler.toString() : '';
    if (name !== HANDLER) return expose(name, handler);
    const isNeeded = source.includes('refreshQR') && !source.includes('evaluate(');
    report(isNeeded ? 'applied' : 'not needed');
    return expose(name, async (state: unknown) => {
      onState(String(state));
      if (!isNeeded && typeof handler === 'function') return handler(state);
      if (state !== 'UNPAIRED_IDLE') return;
      await page.evaluate(() => {
        (globalThis as unknown as WhatsAppPage).require('WAWebCmd').Cmd.refreshQR();
      });
    });
  };
}
