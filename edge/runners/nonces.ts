import { Redis } from '@upstash/redis/cloudflare';
import type { Log } from '../log/log.ts';
import type { EdgeEnv } from '../env.ts';

/** Remembers a nonce until it is of no use any more; false when it was seen before. */
export type NonceMemory = {
  remember(nonce: string, expiresAtSeconds: number): Promise<boolean>;
};

const REDIS_TIMEOUT_MS = 500;

/** Nonces of one isolate, for as long as their signatures are good. */
export class LocalNonces implements NonceMemory {
  readonly #expiry = new Map<string, number>();
  readonly #nowSeconds: () => number;

  constructor(nowSeconds: () => number = () => Math.floor(Date.now() / 1000)) {
    this.#nowSeconds = nowSeconds;
  }

  remember(nonce: string, expiresAtSeconds: number): Promise<boolean> {
    const now = this.#nowSeconds();
    for (const [known, expires] of this.#expiry) {
      if (expires > now) break; // the map is in order of arrival, and all lifetimes are about equal
      this.#expiry.delete(known);
    }
    if (this.#expiry.has(nonce)) return Promise.resolve(false);
    this.#expiry.set(nonce, expiresAtSeconds);
    return Promise.resolve(true);
  }
}

/**
 * Nonces in Redis, one round trip each. While Redis is out of reach the isolate's own memory stands in: a replay could
 * then pass on another isolate, where it meets the epoch fence and idempotent writes.
 */
export function createNonceMemory(options: {
  env: Pick<EdgeEnv, 'UPSTASH_REDIS_REST_URL' | 'UPSTASH_REDIS_REST_TOKEN'>;
  fallback: NonceMemory;
  log: Log;
  nowSeconds?: () => number;
}): NonceMemory {
  const { env, fallback, log, nowSeconds = () => Math.floor(Date.now() / 1000) } = options;
  const redis = new Redis({
    url: env.UPSTASH_REDIS_REST_URL,
    token: env.UPSTASH_REDIS_REST_TOKEN,
    retry: false,
    enableTelemetry: false,
    enableAutoPipelining: false,
    // It would take each `OK` for JSON, throw and catch.
    automaticDeserialization: false,
    // As a function: with a plain signal this client turns an abort into a result.
    signal: () => AbortSignal.timeout(REDIS_TIMEOUT_MS),
  });
  return {
    async remember(nonce, expiresAtSeconds) {
      // Both, always: what was seen while Redis was away stays known when it is back.
      const newHere = await fallback.remember(nonce, expiresAtSeconds);
      const seconds = Math.max(1, expiresAtSeconds - nowSeconds());
      try {
        const set = await redis.set(`nonce:runner:${nonce}`, 1, { nx: true, ex: seconds });
        return newHere && set === 'OK';
      } catch (error) {
        log({
          event: 'nonce_memory_degraded',
          error: error instanceof Error ? error.name : 'unknown',
        });
        return newHere;
      }
    },
  };
}
