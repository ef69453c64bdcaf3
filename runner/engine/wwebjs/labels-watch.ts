import type { FactReport } from '../../../shared/protocol/runner-reports.ts';
import { withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import { pause } from '../wait.ts';
import { labelChanges } from './label-changes.ts';
import type { LibraryPage } from './library.ts';
import { type LabelsShown, readLabels } from './page/labels.ts';

const CALL_MS = 10_000;

type LabelsWatchDeps = {
  page: () => LibraryPage;
  everyMs: number;
  /** Of an account that has no labels, since it is no business. */
  rarelyMs: number;
  open: () => boolean;
  connected: () => boolean;
  now: () => number;
  onChange: (fact: FactReport) => void;
  log: (event: string, entry: Record<string, unknown>) => void;
};

/** Notices what becomes of a business account's labels, from its first look on. Each look wakes the page. */
export class LabelsWatch {
  readonly #deps: LabelsWatchDeps;
  #known: LabelsShown | null = null;

  constructor(deps: LabelsWatchDeps) {
    this.#deps = deps;
  }

  /** As long as the page is there. */
  async run(): Promise<void> {
    const { open, everyMs, rarelyMs } = this.#deps;
    while (open()) await pause((await this.#look()) ? everyMs : rarelyMs);
  }

  /** @returns false when the account has no labels */
  async #look(): Promise<boolean> {
    const { page, open, connected, log } = this.#deps;
    if (!open() || !connected()) return true;
    try {
      const shown = await withDeadline(page().evaluate(readLabels), CALL_MS, 'looking at labels');
      if (!open()) return true;
      if (!('refused' in shown)) this.#see(shown);
      else if (shown.refused !== 'NOT_SUPPORTED') return true;
      // One that becomes a business makes its labels then.
      else this.#see({ labels: [], chats: [] });
      return !('refused' in shown);
    } catch (error) {
      log('engine.labels_unknown', { detail: describe(error) });
    }
    return true;
  }
  #see(shown: LabelsShown): void {
    const events = this.#known === null ? [] : labelChanges(this.#known, shown);
    this.#known = shown;
    const timestamp = this.#deps.now();
    for (const event of events) {
      const { labelId } = event.data;
      const where = event.type === 'label.chat' ? event.data.chatId : '';
      const key = `${labelId} ${where} ${timestamp}`;
      this.#deps.onChange({ kind: 'relayed', key, event, timestamp });
    }
  }
}
