import {
  type RateLimitPolicy,
  type RateLimitVerdict,
  type RateLimitWindow,
  verdictOf,
} from './port.ts';

const MAX_SUBJECTS = 10_000;

type Window = { startedAt: number; used: number };

const keyOf = (subject: string, { name }: RateLimitPolicy): string => `${name}:${subject}`;

/**
 * A fixed-window limiter in one isolate's memory, for when Redis is out of reach: generous across isolates, but never
 * wide open. Forgets all subjects when there are too many to keep.
 */
export class IsolateLimiter {
  readonly #windows = new Map<string, Window>();

  check(subject: string, policies: readonly RateLimitPolicy[], now: number): RateLimitVerdict {
    const verdict = verdictOf(policies.map((policy) => this.#count(subject, policy, now)));
    if (!verdict.allowed)
      for (const window of verdict.windows) if (window.allowed) this.#giveBack(subject, window);
    return verdict;
  }

  #giveBack(subject: string, policy: RateLimitPolicy): void {
    const window = this.#windows.get(keyOf(subject, policy));
    if (window !== undefined) window.used -= 1;
  }

  #count(subject: string, policy: RateLimitPolicy, now: number): RateLimitWindow {
    const lengthMs = policy.windowSeconds * 1000;
    const window = this.#windowOf(keyOf(subject, policy), lengthMs, now);
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
