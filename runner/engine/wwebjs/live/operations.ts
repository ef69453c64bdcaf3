import { withDeadline } from '../../../deadline.ts';
import { ENGINE_OPERATIONS } from '../../operations.ts';
import type { EngineInput, EngineOperation, EngineOutput, Implementers } from '../../operations.ts';
import { lookUpMessage } from '../sent-message.ts';
import { askPairingCode } from '../pairing-code.ts';
import { CALLS } from './calls.ts';
import { CHANNELS } from './channels.ts';
import { CHATS } from './chats.ts';
import { CONTACTS } from './contacts.ts';
import { GROUPS } from './groups.ts';
import { LABELS } from './labels.ts';
import type { LivePage } from './live-page.ts';
import { MESSAGES } from './messages.ts';
import { PAGE } from './page.ts';
import { PRESENCE } from './presence.ts';
import { PROFILE } from './profile.ts';
import { STATUS } from './status.ts';

/** Who does each operation on whatsapp-web.js. */
const OPERATIONS: Implementers<LivePage> = {
  ...CALLS,
  ...CHANNELS,
  ...CHATS,
  ...CONTACTS,
  ...GROUPS,
  ...LABELS,
  ...MESSAGES,
  ...PAGE,
  ...PRESENCE,
  ...PROFILE,
  ...STATUS,
  lookUp: ({ page, times, refusalOf }, message) =>
    lookUpMessage({ page, times: times.outbound, refusalOf }, message),
  requestPairingCode: async ({ client, linked, times, now }, { phone }) =>
    linked
      ? { outcome: 'already_linked' }
      : askPairingCode(client, phone, {
          everyMs: times.pairingCodeMs,
          deadlineMs: times.pairingAskMs,
          now,
        }),
};

/** Does one operation within its row's patience: a page that crashed never answers. */
export function doOperation<Name extends EngineOperation>(
  live: LivePage,
  name: Name,
  input: EngineInput<Name>,
): Promise<EngineOutput<Name>> {
  return withDeadline(OPERATIONS[name](live, input), ENGINE_OPERATIONS[name].patienceMs, name);
}
