import type { MachineRecord } from './store.ts';

const COUNTED_WITHIN_MS = 300_000;
const DEFAULT_RETRIES = 10;
const DELAY_MS = { first: 200, most: 5_000 };

/** Whether a machine that ended by itself is started again: its `restart` policy, and how often it ended of late. */
export class RestartPolicy {
  readonly #now: () => number;
  readonly #crashes = new Map<string, number[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds until the next start, more after each end; null when it stays down. `how` is its exit code or signal. */
  delayOf({ id, config }: MachineRecord, how: string): number | null {
    const { policy, max_retries: retries = DEFAULT_RETRIES } = config.restart ?? {
      policy: 'on-failure',
    };
    if (policy === 'no' || (policy === 'on-failure' && how === '0')) return null;
    const now = this.#now();
    const recent = (this.#crashes.get(id) ?? []).filter((at) => at > now - COUNTED_WITHIN_MS);
    this.#crashes.set(id, [...recent, now]);
    if (policy !== 'always' && recent.length >= retries) return null;
    return Math.min(DELAY_MS.most, DELAY_MS.first * 2 ** recent.length);
  }
}
