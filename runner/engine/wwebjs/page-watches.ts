import type { WhatsAppLimits } from '../../../shared/catalogue/whatsapp-limits.ts';
import type { FactReport } from '../../../shared/protocol/runner-reports.ts';
import { LabelsWatch } from './labels-watch.ts';
import { LimitsWatch } from './limits-watch.ts';
import { PresenceWatch } from './presence-watch.ts';
import { watchLine } from './line-watch.ts';
import type { LibraryPage } from './library.ts';
import type { EngineTimes } from './times.ts';
import { type Refusal, refusalOf } from './refusals.ts';
import { watchDialogs, watchUntilReady } from './watch.ts';

export type PageWatchesDeps = {
  page: () => LibraryPage;
  times: EngineTimes;
  log: (event: string, entry: Record<string, unknown>) => void;
  /** The engine is not being closed. */
  open: () => boolean;
  linked: () => boolean;
  ready: () => boolean;
  connected: () => boolean;
  /** When WhatsApp was last heard from, by performance.now(). */
  heardAt: () => number;
  /** The page reloads before it was ready. */
  onReload: () => void;
  onNeedsPerson: () => void;
  onLimits: (limits: Partial<WhatsAppLimits>) => void;
  /** Ids of people whose presence is reported. */
  presenceOf: readonly string[];
  /** Of presences and labels. */
  onFact: (fact: FactReport) => void;
  now: () => number;
  /** The page is of no more use. */
  onDead: (detail: string) => void;
};

/** Everything that looks at the page by itself, since it does not report when something is wrong with it. */
export class PageWatches {
  readonly #deps: PageWatchesDeps;
  readonly limits: LimitsWatch;
  readonly presences: PresenceWatch;
  readonly #labels: LabelsWatch;

  constructor(deps: PageWatchesDeps) {
    this.#deps = deps;
    const { times, onLimits, onFact, presenceOf: of } = deps;
    this.limits = new LimitsWatch({
      ...deps,
      everyMs: times.limitsMs,
      leastMs: times.limitsLeastMs,
      onChange: onLimits,
    });
    const everyMs = times.presenceMs;
    this.presences = new PresenceWatch({ ...deps, of, everyMs, onChange: onFact });
    this.#labels = new LabelsWatch({
      ...deps,
      everyMs: times.labelsMs,
      rarelyMs: times.limitsMs,
      onChange: onFact,
    });
  }

  /** From a page that was loaded to one that is ready. */
  async untilReady(): Promise<void> {
    const { open, linked, ready, connected, onReload, onDead } = this.#deps;
    const stuck = await watchUntilReady({
      ...this.#deps,
      waiting: () => open() && !(ready() && connected()),
      // A page that was ready and lost its line may take longer: the session counts that.
      mustConnect: () => linked() && !ready(),
      onReload: () => {
        if (!ready()) onReload();
      },
    });
    if (stuck !== null) onDead(stuck);
  }

  /** Why WhatsApp refused a message to this chat; null: its page does not tell. */
  readonly refusalOf = (chatId: string): Promise<Refusal | null> => {
    const { page, times, log } = this.#deps;
    return refusalOf(chatId, { page, limits: this.limits, withinMs: times.refusalMs, log });
  };

  /** As long as the page is there. */
  async online(): Promise<void> {
    const dialogs = watchDialogs(this.#deps);
    const { limits, presences } = this;
    await Promise.all([dialogs, this.#line(), limits.run(), presences.run(), this.#labels.run()]);
  }

  async #line(): Promise<void> {
    const dead = await watchLine(this.#deps);
    if (dead) this.#deps.onDead('WhatsApp answers no more, though the page is connected');
  }
}
