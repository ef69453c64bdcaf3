import { withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import type { LibraryPage } from './library.ts';
import { dropLink } from './page/state.ts';
import type { SessionAction } from '../../../shared/session-actions.ts';
import type { EngineEvent } from '../port.ts';

export type ClosedReason = Extract<EngineEvent, { type: 'closed' }>['reason'];

/** What the end of a link means: the phone dropped it, or the engine is of no more use and a person may have to help. */
export type LibraryEnd =
  | { loggedOut: true }
  | { loggedOut: false; reason: ClosedReason; detail: string; action: SessionAction | null };

/** @param reason of the library's `disconnected`: LOGOUT or a WAState */
export function libraryEnd(reason: string): LibraryEnd {
  if (reason === 'LOGOUT') return { loggedOut: true };
  const end = { loggedOut: false, action: null } as const;
  if (reason === 'CONFLICT') {
    return {
      ...end,
      reason: 'conflict',
      detail: 'WhatsApp Web was opened elsewhere with this link',
    };
  }
  if (reason.startsWith('UNPAIRED')) return { ...end, reason: 'unpaired', detail: reason };
  const detail = `WhatsApp gave up: ${reason}`;
  return { loggedOut: false, reason: 'crashed', detail, action: actionFor(reason) };
}

/** What a person has to do about a state that WhatsApp gives up in; null for the others. */
function actionFor(state: string): SessionAction | null {
  if (state.includes('TOS_BLOCK')) return 'accept_terms';
  if (state.startsWith('DEPRECATED')) return 'update_required';
  return state.includes('BLOCK') ? 'account_blocked' : null;
}

/** Asks WhatsApp to unlink this device. @returns why it is not known whether it did; null once it has said so */
export async function unlink(
  browser: { page: LibraryPage },
  withinMs: number,
): Promise<string | null> {
  try {
    await withDeadline(browser.page.evaluate(dropLink), withinMs, 'logout');
    return null;
  } catch (error) {
    return describe(error);
  }
}
