import type { EnginePairingCode } from '../port.ts';
import { describe } from '../describe-error.ts';
import { withDeadline } from '../../deadline.ts';
import type { LibraryClient } from './library.ts';
import { readState } from './page/state.ts';

/** What the page answers is eight letters and digits; anything else is no code. */
const CODE = /^[A-Z0-9]{8}$/;

/**
 * Switches the page to linking by a code, which it then changes every `everyMs` by itself (client event `code`). The
 * library's own call neither checks the state nor catches what WhatsApp refuses (Client.js, `requestPairingCode`).
 * @param phone bare digits with the country code
 */
export async function askPairingCode(
  client: LibraryClient,
  phone: string,
  times: { everyMs: number; deadlineMs: number; now: () => number },
): Promise<EnginePairingCode> {
  const page = client.pupPage;
  if (page === null || page === undefined) throw new Error('WhatsApp Web is not open');
  const { state } = await withDeadline(page.evaluate(readState), times.deadlineMs, 'the state');
  if (state !== 'UNPAIRED' && state !== 'UNPAIRED_IDLE') return { outcome: 'already_linked' };
  try {
    const asked = client.requestPairingCode(phone, true, times.everyMs);
    const code = await withDeadline(asked, times.deadlineMs, 'the pairing code');
    if (!CODE.test(code)) return { outcome: 'refused', message: 'WhatsApp gave no code.' };
    return { outcome: 'shown', code, expiresAt: times.now() + times.everyMs };
  } catch (error) {
    return { outcome: 'refused', message: describe(error) };
  }
}
