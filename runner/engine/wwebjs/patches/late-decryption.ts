import { Client } from '../library.ts';
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
  const agent = page.__waypost;
  agent?.onFirstLibrary('late-decryption', () => {
    page.require('WAWebCollections').Msg.on('change:type', (message, _type, before) => {
      if (before !== 'ciphertext') return;
      // What it throws would keep the page's other listeners from hearing.
      try {
        here[told]?.(page.WWebJS?.getMessageModel(message));
      } catch (error) {
        agent.report('late-decryption', error);
      }
    });
    return 'applied';
  });
}

/**
 * @param source of the library's own way, perhaps as a bundler has written it anew: whether it waits with each message by
 * itself, as 1.34.7 does
 */
export const missesDecryption = (
  source = String(Reflect.get(Client.prototype, 'attachEventListeners')),
): boolean => /\.once\(\s*["'`]change:type/.test(source);
