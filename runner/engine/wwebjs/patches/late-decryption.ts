import type { WhatsAppPage } from '../page/types.ts';

/** Where the page reports a message that was ciphertext and is not any more. */
export const DECRYPTED_TOLD = 'onWaypostDecrypted';

/**
 * A message may come as ciphertext and be decrypted later, when its sender's phone sends it again. 1.34.7 waits for that
 * only with messages that it saw arrive (Client.js:1155), and not with those that came before it listened. No upstream
 * issue asks for this. Reports every such message, as the library sends messages over.
 */
export function lateDecryption(told: string): void {
  const page = globalThis as unknown as WhatsAppPage;
  const here = globalThis as unknown as Record<string, ((message: unknown) => unknown) | undefined>;
  let listens = false;
  page.__waypost?.onLibrary('late-decryption', () => {
    if (listens) return 'applied';
    page.require('WAWebCollections').Msg.on('change:type', (message, _type, before) => {
      if (before === 'ciphertext') here[told]?.(page.WWebJS?.getMessageModel(message));
    });
    listens = true;
    return 'applied';
  });
}
