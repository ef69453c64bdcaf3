import type { EnginePairingCode } from '../port.ts';
import { describe } from '../describe-error.ts';
import { DeadlineError, withDeadline } from '../../deadline.ts';
import type { LibraryClient, LibraryPage } from './library.ts';
import { readState } from './page/state.ts';
import { pairingOnFreshPage } from './patches/pairing-on-fresh-page.ts';

/** What the page answers is eight letters and digits; anything else is no code. */
const CODE = /^[A-Z0-9]{8}$/;
/** Of the time for a code, how much the page gets before it is reloaded: an answer is one way to WhatsApp and back. */
const DIRECT_SHARE = 0.2;

type Times = { everyMs: number; deadlineMs: number; now: () => number };

/**
 * Switches the page to linking by a code, which it then changes every `everyMs` by itself (client event `code`). The
 * library's own call neither checks the state nor catches what WhatsApp refuses (Client.js, `requestPairingCode`).
 * @param phone bare digits with the country code
 */
export async function askPairingCode(
  client: LibraryClient,
  phone: string,
  times: Times,
): Promise<EnginePairingCode> {
  const page = client.pupPage;
  if (page === null || page === undefined) throw new Error('WhatsApp Web is not open');
  const { state } = await withDeadline(page.evaluate(readState), times.deadlineMs, 'the state');
  if (state !== 'UNPAIRED' && state !== 'UNPAIRED_IDLE') return { outcome: 'already_linked' };
  try {
    const code = await ask(client, page, phone, times);
    if (!CODE.test(code)) return { outcome: 'refused', message: 'WhatsApp gave no code.' };
    return { outcome: 'shown', code, expiresAt: times.now() + times.everyMs };
  } catch (error) {
    return { outcome: 'refused', message: describe(error) };
  }
}

async function ask(
  client: LibraryClient,
  page: LibraryPage,
  phone: string,
  { everyMs, deadlineMs }: Times,
): Promise<string> {
  const end = performance.now() + deadlineMs;
  try {
    const asked = client.requestPairingCode(phone, true, everyMs);
    return await withDeadline(asked, deadlineMs * DIRECT_SHARE, 'the pairing code');
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    return pairingOnFreshPage(client, page, {
      phone,
      everyMs,
      deadlineMs: end - performance.now(),
    });
  }
}
