import type { WhatsAppLimits } from '../../../shared/catalogue/whatsapp-limits.ts';
import { withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import { pause } from '../wait.ts';
import type { LibraryPage } from './library.ts';
import { readLimits } from './page/limits.ts';

const CALL_MS = 10_000;

type LimitsWatchDeps = {
  page: () => LibraryPage;
  everyMs: number;
  open: () => boolean;
  connected: () => boolean;
  onChange: (limits: WhatsAppLimits) => void;
  log: (event: string, entry: Record<string, unknown>) => void;
};

/** Notices what WhatsApp limits the number to: now and then, and when it has refused a message. */
export class LimitsWatch {
  readonly #deps: LimitsWatchDeps;
  #known = '';

  constructor(deps: LimitsWatchDeps) {
    this.#deps = deps;
  }

  /** As long as the page is there. */
  async run(): Promise<void> {
    while (this.#deps.open()) {
      await this.look();
      await pause(this.#deps.everyMs);
    }
  }

  async look(): Promise<void> {
    const { page, open, connected, onChange, log } = this.#deps;
    if (!open() || !connected()) return;
    try {
      const limits = await withDeadline(page().evaluate(readLimits), CALL_MS, 'reading the limits');
      const text = JSON.stringify(limits);
      if (text === this.#known || !open()) return;
      this.#known = text;
      onChange(limits);
    } catch (error) {
      log('engine.limits_unknown', { detail: describe(error) });
    }
  }
}
