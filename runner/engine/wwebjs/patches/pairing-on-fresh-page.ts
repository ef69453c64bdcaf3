import { withDeadline } from '../../../deadline.ts';
import type { LibraryClient, LibraryPage } from '../library.ts';

/** Of the time for a code, how much is kept for showing QR codes again. */
const BACK_SHARE = 0.25;

/**
 * A page that has shown a QR code may never answer when it is asked for a pairing code (avoylenko/wwebjs-api #154,
 * wwebjs/whatsapp-web.js #22449). Reloads it and lets the library ask before it shows anything. If that fails too, the
 * page shows QR codes again. A page that answers is never reloaded.
 */
export async function pairingOnFreshPage(
  client: LibraryClient,
  page: LibraryPage,
  { phone, everyMs, deadlineMs }: { phone: string; everyMs: number; deadlineMs: number },
): Promise<string> {
  const codeMs = deadlineMs * (1 - BACK_SHARE);
  const backMs = deadlineMs * BACK_SHARE;
  const code = Promise.withResolvers<string>();
  // Nobody may be waiting for it any more when it fails.
  code.promise.catch(() => undefined);
  const ask = client.requestPairingCode.bind(client);
  // The library does not wait for it when it injects itself, so that a rejection would end the process.
  client.requestPairingCode = async (...args) => {
    const asked = ask(...args);
    asked.then(code.resolve, code.reject);
    return asked.catch(() => '');
  };
  const { options } = client;
  const { pairWithPhoneNumber: before = { phoneNumber: '' } } = options;
  // A new object: the library's clients share the one of its defaults.
  options.pairWithPhoneNumber = {
    phoneNumber: phone,
    showNotification: true,
    intervalMs: everyMs,
  };
  const isShown = async (): Promise<string> => {
    await page.reload({ timeout: codeMs });
    return code.promise;
  };
  let isFailed = false;
  try {
    return await withDeadline(isShown(), codeMs, 'the pairing code');
  } catch (error) {
    isFailed = true;
    throw error;
  } finally {
    options.pairWithPhoneNumber = before;
    client.requestPairingCode = ask;
    // The watch over the page gives up one that does not come back; who asked for a code hears why there is none.
    if (isFailed)
      await withDeadline(page.reload({ timeout: backMs }), backMs, 'QR codes').catch(
        () => undefined,
      );
  }
}
