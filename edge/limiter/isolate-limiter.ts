import {
  allowedCounts,
  type RateLimitCount,
  type RateLimitVerdict,
  type RateLimitWindow,
  verdictOf,
} from './port.ts';

const MAX_SUBJECTS = 10_000;

type Window = { startedAt: number; used: number };

const keyOf = ({ subject, policy }: RateLimitCount): string => `${policy.name}:${subject}`;

/**
 * A fixed-window limiter in one isolate's memory, for when Redis is out of reach: generous across isolates, but never
 * wide open. Forgets all subjects when there are too many to keep.
 */
export class IsolateLimiter {
  readonly #windows = new Map<string, Window>();

  check(counts: readonly RateLimitCount[], now: number): RateLimitVerdict {
    const verdict = verdictOf(counts.map((count) => this.#count(count, now)));
    if (!verdict.allowed) for (const count of allowedCounts(counts, verdict)) this.#giveBack(count);
    return verdict;
  }

  #giveBack(count: RateLimitCount): void {
    const window = this.#windows.get(keyOf(count));
    if (window !== undefined) window.used -= 1;
  }

  #count(count: RateLimitCount, now: number): RateLimitWindow {
    const { policy } = count;
    const lengthMs = policy.windowSeconds * 1000;
    const window = this.#windowOf(keyOf(count), lengthMs, now);
    window.used += 1;
    return {
      ...policy,
      allowed: window.used <= policy.limit,
      remaining: Math.max(0, policy.limit - window.used),
      resetSeconds: Math.ceil((window.startedAt + lengthMs - now) / 1000),
    };
  }

  #windowOf(key: string, lengthMs: number, now: number): Window {
    const known = this.#windows.get(key);
    if (known !== undefined && now - known.startedAt < lengthMs) return known;
    if (this.#windows.size >= MAX_SUBJECTS) this.#windows.clear();
    const fresh = { startedAt: now, used: 0 };
    this.#windows.set(key, fresh);
    return fresh;
  }
}
