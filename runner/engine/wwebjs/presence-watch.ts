import type { FactReport } from '../../../shared/protocol/runner-reports.ts';
import { withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import { pause } from '../wait.ts';
import type { LibraryPage } from './library.ts';
import { readPresences } from './page/presences.ts';

const CALL_MS = 10_000;

type PresenceWatchDeps = {
  page: () => LibraryPage;
  everyMs: number;
  /** Ids of those whom the session is subscribed to. */
  of: readonly string[];
  open: () => boolean;
  connected: () => boolean;
  now: () => number;
  onChange: (fact: FactReport) => void;
  log: (event: string, entry: Record<string, unknown>) => void;
};

/**
 * Notices who of the subscribed comes, goes and writes. It looks now and then, so that somebody who does much makes one event
 * a look at most, and each look subscribes anew where the page lost a subscription with its connection.
 */
export class PresenceWatch {
  readonly #deps: PresenceWatchDeps;
  readonly #of: Set<string>;
  /** What was reported last, by id. */
  readonly #known = new Map<string, string>();

  constructor(deps: PresenceWatchDeps) {
    this.#deps = deps;
    this.#of = new Set(deps.of);
  }

  /** @param ids of one person, the first one preferred */
  subscribe(ids: readonly string[], subscribed: boolean): void {
    for (const id of ids) {
      this.#of.delete(id);
      this.#known.delete(id);
    }
    const [id] = ids;
    if (subscribed && id !== undefined) this.#of.add(id);
  }

  /** As long as the page is there. */
  async run(): Promise<void> {
    while (this.#deps.open()) {
      await this.#look();
      await pause(this.#deps.everyMs);
    }
  }

  async #look(): Promise<void> {
    const { page, open, connected, now, onChange, log } = this.#deps;
    if (this.#of.size === 0 || !open() || !connected()) return;
    try {
      const call = page().evaluate(readPresences, [...this.#of]);
      const shown = await withDeadline(call, CALL_MS, 'looking at presences');
      // A number that is not online itself is shown nobody.
      if (!Array.isArray(shown) || !open()) return;
      for (const data of shown) {
        const { id } = data.from;
        const state = JSON.stringify([data.online, data.lastSeenAt, data.doing]);
        if (this.#known.get(id) === state) continue;
        this.#known.set(id, state);
        const event = { type: 'presence.update', data } as const;
        onChange({ kind: 'relayed', key: `${id} ${now()}`, event, timestamp: now() });
      }
    } catch (error) {
      log('engine.presences_unknown', { detail: describe(error) });
    }
  }
}
