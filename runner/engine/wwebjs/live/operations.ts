import type { Implementers } from '../../operations.ts';
import { lookUpMessage } from '../outbound.ts';
import { askPairingCode } from '../pairing-code.ts';
import { CONTACTS } from './contacts.ts';
import type { LivePage } from './live-page.ts';
import { PAGE } from './page.ts';

/** Who does each operation on whatsapp-web.js. */
export const WWEBJS_OPERATIONS: Implementers<LivePage> = {
  ...CONTACTS,
  ...PAGE,
  lookUp: ({ page, times }, { wireId, chatId }) =>
    lookUpMessage(page, times.outbound, wireId, chatId),
  requestPairingCode: async ({ client, linked, times, now }, { phone }) =>
    linked
      ? { outcome: 'already_linked' }
      : askPairingCode(client, phone, {
          everyMs: times.pairingCodeMs,
          deadlineMs: times.pairingAskMs,
          now,
        }),
};
