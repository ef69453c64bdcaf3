import { withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import type { EngineLookUp, EngineSend, EngineSendResult } from '../port.ts';
import { pause } from '../wait.ts';
import type { LibraryPage } from './library.ts';
import type { OutboundTimes } from './times.ts';
import { findSent, type SentOnPage } from './page/send.ts';

/** Looks the message up under its wire id until the page can be asked, then reads its ack. */
export async function settle(
  { page, times }: { page: LibraryPage; times: OutboundTimes },
  message: EngineSend,
  patienceMs: number,
  trouble = 'it is not on the page',
): Promise<EngineSendResult> {
  const { wireId, chatId } = message;
  const end = performance.now() + patienceMs;
  let lastError = trouble;
  do {
    try {
      const sent = await withDeadline(
        page.evaluate(findSent, { wireId, chatId }),
        times.pageCallMs,
        'look-up',
      );
      if (sent.found) return resultOf(sent);
    } catch (error) {
      if (page.isClosed()) break;
      lastError = describe(error);
    }
    await pause(250);
  } while (performance.now() < end);
  return { outcome: 'unknown', message: `Its fate is not known: ${lastError}` };
}

export function resultOf(sent: Extract<SentOnPage, { found: true }>): EngineSendResult {
  if (sent.ack < 0) return failed('MESSAGE_FAILED', 'WhatsApp reported an error for this message.');
  return { outcome: sent.ack >= 1 ? 'sent' : 'accepted', wireKey: sent.wireKey };
}

/** @throws when the page cannot be asked: that is not the same as "not found" */
export async function lookUpMessage(
  page: LibraryPage,
  times: OutboundTimes,
  wireId: string,
  chatId: string,
): Promise<EngineLookUp> {
  return withDeadline(page.evaluate(findSent, { wireId, chatId }), times.pageCallMs, 'look-up');
}

export function failed(
  code: 'RECIPIENT_NOT_ON_WHATSAPP' | 'MEDIA_REJECTED' | 'MESSAGE_FAILED' | 'UNAVAILABLE',
  message: string,
): EngineSendResult {
  return { outcome: 'failed', code, message };
}
