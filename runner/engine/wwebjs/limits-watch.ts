import { isDeepStrictEqual } from 'node:util';
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
  /** Between two looks, however many messages WhatsApp refuses. */
  leastMs: number;
  open: () => boolean;
  connected: () => boolean;
  onChange: (limits: Partial<WhatsAppLimits>) => void;
  log: (event: string, entry: Record<string, unknown>) => void;
};

/** Notices what WhatsApp limits the number to: now and then, and when it has refused a message. */
export class LimitsWatch {
  readonly #deps: LimitsWatchDeps;
  #known: Partial<WhatsAppLimits> = {};
  #looking: Promise<void> | null = null;
  #isWanted = false;
  #lookedAt = -Infinity;

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

  /** What is known after a new look, or after `ms` without it. */
  async within(ms: number): Promise<Partial<WhatsAppLimits>> {
    await Promise.race([this.look(), pause(ms)]);
    return this.#known;
  }

  /** One at a time: asked for while it looks, it looks once more. */
  look(): Promise<void> {
    this.#isWanted = true;
    this.#looking ??= this.#lookWhileWanted();
    return this.#looking;
  }

  async #lookWhileWanted(): Promise<void> {
    while (this.#isWanted) {
      await pause(Math.max(0, this.#lookedAt + this.#deps.leastMs - performance.now()));
      this.#isWanted = false;
      this.#lookedAt = performance.now();
      await this.#once();
    }
    this.#looking = null;
  }

  /** A question that was not answered leaves what is known. */
  async #once(): Promise<void> {
    const { page, open, connected, onChange, log } = this.#deps;
    if (!open() || !connected()) return;
    try {
      const reading = withDeadline(page().evaluate(readLimits), CALL_MS, 'reading the limits');
      const { limits, failed } = await reading;
      if (failed.length > 0) log('engine.limits_unknown', { detail: failed.join('; ') });
      const known = { ...this.#known, ...limits };
      if (isDeepStrictEqual(known, this.#known) || !open()) return;
      this.#known = known;
      onChange(known);
    } catch (error) {
      log('engine.limits_unknown', { detail: describe(error) });
    }
  }
}
