import { withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import type { EngineLookUp, EngineSend, EngineSendResult } from '../port.ts';
import { pause } from '../wait.ts';
import type { LibraryPage } from './library.ts';
import type { OutboundTimes } from './times.ts';
import type { Refusal } from './refusals.ts';
import { findSent, type SentOnPage } from './page/send.ts';

export type Outbound = {
  page: LibraryPage;
  times: OutboundTimes;
  /** Why WhatsApp refused a message to this chat; null: the page does not tell. */
  refusalOf: (chatId: string) => Promise<Refusal | null>;
};

/** Looks the message up under its wire id until the page can be asked, then reads its ack. */
export async function settle(
  outbound: Outbound,
  message: EngineSend,
  patienceMs: number,
  trouble = 'it is not on the page',
): Promise<EngineSendResult> {
  const { page, times } = outbound;
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
      if (sent.found) return await resultOf(outbound, message, sent);
    } catch (error) {
      if (page.isClosed()) break;
      lastError = describe(error);
    }
    await pause(250);
  } while (performance.now() < end);
  return { outcome: 'unknown', message: `Its fate is not known: ${lastError}` };
}

export async function resultOf(
  { refusalOf }: Outbound,
  { chatId }: EngineSend,
  sent: Extract<SentOnPage, { found: true }>,
): Promise<EngineSendResult> {
  if (sent.ack < 0) {
    const refusal = await refusalOf(chatId);
    if (refusal !== null) return failed(refusal.code, refusal.message);
    return failed('MESSAGE_FAILED', 'WhatsApp reported an error for this message.');
  }
  return { outcome: sent.ack >= 1 ? 'sent' : 'accepted', wireKey: sent.wireKey };
}

/** @throws when the page cannot be asked: that is not the same as "not found" */
export async function lookUpMessage(
  { page, times, refusalOf }: Outbound,
  message: { wireId: string; chatId: string },
): Promise<EngineLookUp> {
  const { wireId, chatId } = message;
  const sent = await withDeadline(
    page.evaluate(findSent, { wireId, chatId }),
    times.pageCallMs,
    'look-up',
  );
  if (!sent.found || sent.ack >= 0) return sent;
  const error = await refusalOf(chatId);
  return error === null ? sent : { ...sent, error };
}

export function failed(
  code: Extract<EngineSendResult, { outcome: 'failed' }>['code'],
  message: string,
): EngineSendResult {
  return { outcome: 'failed', code, message };
}
