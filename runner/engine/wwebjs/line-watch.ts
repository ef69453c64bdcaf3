import { pause } from '../wait.ts';
import { withDeadline } from '../../deadline.ts';
import type { LibraryPage } from './library.ts';
import { askWhatsApp } from './page/state.ts';
import type { EngineTimes } from './times.ts';

/** A single lost answer proves nothing. */
const UNANSWERED = 2;

/**
 * Notices a line that is dead although the page says that it is connected: when nothing was heard for a while, WhatsApp
 * is asked something that it must answer.
 * @returns whether the line is dead; false when `open` says no
 */
export async function watchLine(input: {
  page: () => LibraryPage;
  times: EngineTimes;
  open: () => boolean;
  connected: () => boolean;
  /** By performance.now(). */
  heardAt: () => number;
}): Promise<boolean> {
  const { times } = input;
  let unanswered = 0;
  let heard = performance.now();
  while (input.open()) {
    heard = Math.max(heard, input.heardAt());
    const quietMs = performance.now() - heard;
    if (unanswered === 0 && quietMs < times.lineQuietMs) {
      await pause(times.lineQuietMs - quietMs);
      continue;
    }
    if (!input.connected() || (await answers(input.page, times.lineAnswerMs))) {
      unanswered = 0;
      heard = performance.now();
    } else if (input.open() && input.heardAt() <= heard) {
      unanswered += 1;
      if (unanswered >= UNANSWERED) return input.connected();
    }
  }
  return false;
}

async function answers(page: () => LibraryPage, withinMs: number): Promise<boolean> {
  try {
    await withDeadline(page().evaluate(askWhatsApp), withinMs, 'asking WhatsApp');
    return true;
  } catch {
    // No answer, or no page that could ask.
    return false;
  }
}
