import { describe } from '../describe-error.ts';
import { pause } from '../wait.ts';
import { withDeadline } from '../../deadline.ts';
import type { LibraryPage } from './library.ts';
import { readState } from './page/state.ts';
import { announceMissedSync } from './patches/missed-sync.ts';
import { acknowledgeDialog, type DialogState } from './patches/onboarding-dialog.ts';
import type { EngineTimes } from './times.ts';

const CALL_MS = 5_000;
/** So many looks in a row must find a dialog that we do not answer before a person is asked. */
const LOOKS_BEFORE_ASKING = 3;

type Watched = {
  page: () => LibraryPage;
  times: EngineTimes;
  log: (event: string, entry: Record<string, unknown>) => void;
};

/**
 * Until the page is ready: passes the library a sync that it missed, answers dialogs, and when the page stays connected
 * without getting ready, reloads it once. A linked page that does not connect is given up without a reload.
 * @returns how it is stuck for good, or null when it is not
 */
export async function watchUntilReady(
  watched: Watched & {
    waiting: () => boolean;
    /** A phone is linked, so that the page has to get connected by itself. */
    mustConnect: () => boolean;
    onReload: () => void;
  },
): Promise<string | null> {
  const { times, waiting, mustConnect, log } = watched;
  let connectedSince: number | null = null;
  let apartSince: number | null = null;
  let reloaded = false;
  while (waiting()) {
    await pause(times.watchMs);
    if (!waiting()) return null;
    if (!mustConnect()) apartSince = null;
    else if (connectedSince === null) apartSince ??= performance.now();
    if (apartSince !== null && performance.now() - apartSince >= times.connectMs)
      return 'linked, but never connected';
    try {
      const page = watched.page();
      const { state } = await withDeadline(page.evaluate(readState), CALL_MS, 'reading the state');
      if (state !== 'CONNECTED') {
        connectedSince = null;
        continue;
      }
      connectedSince ??= performance.now();
      apartSince = null;
      if (await withDeadline(announceMissedSync(page), CALL_MS, 'announcing the sync')) {
        log('engine.missed_sync_announced', {});
      }
      await answerDialog(watched);
      if (performance.now() - connectedSince < times.readyMs) continue;
      if (reloaded) return 'connected, but never ready';
      reloaded = true;
      connectedSince = null;
      log('engine.reloading', { detail: 'connected, but not ready' });
      watched.onReload();
      await page.reload({ timeout: times.readyMs });
    } catch (error) {
      log('engine.watch', { detail: describe(error) });
    }
  }
  return null;
}

/** After `ready`: answers the dialogs that a new account is shown, and asks for a person where we must not answer. */
export async function watchDialogs(
  watched: Watched & { open: () => boolean; onNeedsPerson: () => void },
): Promise<void> {
  const { times, open } = watched;
  const end = performance.now() + times.dialogForMs;
  let unanswered = 0;
  while (open() && performance.now() < end) {
    const state = await answerDialog(watched);
    unanswered = state === 'needs a person' ? unanswered + 1 : 0;
    if (unanswered === LOOKS_BEFORE_ASKING) watched.onNeedsPerson();
    await pause(times.dialogEveryMs);
  }
}

async function answerDialog(watched: Watched): Promise<DialogState | 'not seen'> {
  try {
    const state = await withDeadline(acknowledgeDialog(watched.page()), CALL_MS, 'dialogs');
    if (state === 'acknowledged') watched.log('engine.dialog_acknowledged', {});
    return state;
  } catch (error) {
    watched.log('engine.watch', { detail: describe(error) });
    return 'not seen';
  }
}
