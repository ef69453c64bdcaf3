import type { RateLimitVerdict } from './rate-limit.ts';

const WINDOW_MS = 60_000;
const MAX_SUBJECTS = 10_000;

type Window = { startedAt: number; used: number };

/**
 * A fixed-window limiter in one isolate's memory, for when Redis is out of reach: generous across isolates, but never
 * wide open. Forgets all subjects when there are too many to keep.
 */
export class IsolateLimiter {
  readonly #windows = new Map<string, Window>();

  check(subject: string, limitPerMinute: number, now: number): RateLimitVerdict {
    const window = this.#windowOf(subject, now);
    window.used += 1;
    return {
      allowed: window.used <= limitPerMinute,
      limit: limitPerMinute,
      remaining: Math.max(0, limitPerMinute - window.used),
      resetSeconds: Math.ceil((window.startedAt + WINDOW_MS - now) / 1000),
    };
  }

  #windowOf(subject: string, now: number): Window {
    const known = this.#windows.get(subject);
    if (known !== undefined && now - known.startedAt < WINDOW_MS) return known;
    if (this.#windows.size >= MAX_SUBJECTS) this.#windows.clear();
    const fresh = { startedAt: now, used: 0 };
    this.#windows.set(subject, fresh);
    return fresh;
  }
}
