import { chatSortOf } from '../../../shared/catalogue/kinds/kind.ts';
import { withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import type { LibraryPage } from './library.ts';
import type { LimitsWatch } from './limits-watch.ts';
import { isAnswered } from './page/answered.ts';

export type Refusal = { code: 'NEW_CHATS_LIMITED'; message: string };

type RefusalDeps = {
  page: () => LibraryPage;
  limits: LimitsWatch;
  withinMs: number;
  log: (event: string, entry: Record<string, unknown>) => void;
};

/**
 * Why WhatsApp reported an error for a message to this chat; null: its page does not tell. WhatsApp answers a first message
 * with error 463 while the number may begin no chats, and the page shows an ack of −1 alone.
 */
export async function refusalOf(
  chatId: string,
  { page, limits, withinMs, log }: RefusalDeps,
): Promise<Refusal | null> {
  const looked = limits.within(withinMs);
  if (chatSortOf(chatId) !== 'person') return null;
  try {
    const asking = page().evaluate(isAnswered, chatId);
    if (await withDeadline(asking, withinMs, 'looking for an answer')) return null;
  } catch (error) {
    log('engine.refusal_unknown', { detail: describe(error) });
    return null;
  }
  const { timeLock, newChats } = await looked;
  if (timeLock?.active === true) return limited('There were reports of spam', timeLock.until);
  if (newChats?.status === 'capped')
    return limited('The cap on new chats is reached', newChats.cycleEndsAt);
  return null;
}

function limited(cause: string, until: string | null): Refusal {
  const end = until === null ? '' : ` until ${until}`;
  const message = `${cause}: WhatsApp lets this number write only to people who have written to it${end}.`;
  return { code: 'NEW_CHATS_LIMITED', message };
}
