type Bucket = { tokens: number; at: number };

/** Requests a second and burst of each action on each machine (or app). */
const LIMIT = { rate: 1, burst: 3 };

/** Fly's limits: fly.io/docs/machines/api/working-with-machines-api#rate-limits. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** True when this request is within the limit; it then counts. */
  take(action: string, subject: string): boolean {
    const { rate, burst } = LIMIT;
    const key = `${action} ${subject}`;
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * rate);
    const allowed = tokens >= 1;
    this.#buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
    return allowed;
  }
}
