import { createLocalJWKSet } from 'jose';
import { z } from 'zod';
import { describeError } from '../../log/describe-error.ts';
import type { Log } from '../../log/log.ts';

/** However many tokens ask for unknown keys, the project is asked no more often. */
const REFETCH_AFTER_MS = 30_000;
/** Keys that the project has withdrawn are good for no longer than this. */
const FRESH_FOR_MS = 10 * 60_000;
const TIMEOUT_MS = 3_000;
const POLL_MS = 20;
const MAX_BYTES = 100_000;

/** Public signing keys alone: a symmetric one in a published set would let anybody sign. */
const PublicKey = z.union([
  z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), kid: z.string() }).loose(),
  z.object({ kty: z.literal('RSA'), kid: z.string() }).loose(),
]);
const KeySet = z.object({ keys: z.array(z.unknown()).max(100) });

type Tools = { now: () => number; log: Log };

type Resolver = ReturnType<typeof createLocalJWKSet>;

/** The key sets that an isolate knows, by their URL: one in production, one for each test's project. */
export class KeyCaches {
  readonly #caches = new Map<string, KeyCache>();

  of(url: string): KeyCache {
    const known = this.#caches.get(url);
    if (known !== undefined) return known;
    const made = new KeyCache(url);
    this.#caches.set(url, made);
    return made;
  }
}

/**
 * The published keys of one issuer, kept in an isolate as data: workerd lets no request wait for another's fetch. Old keys
 * stay when a fetch fails.
 */
class KeyCache {
  readonly #url: string;
  #kids: ReadonlySet<string> = new Set();
  #resolver: Resolver | null = null;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #attemptedAt = Number.NEGATIVE_INFINITY;
  #underWay = false;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * The keys, when the one asked for is among them, after a fetch if it may be made now.
   * @returns null when there is no such key; `unavailable` when no keys could be had at all
   */
  async find(kid: string, { now, log }: Tools): Promise<Resolver | null | 'unavailable'> {
    const fresh = now() - this.#fetchedAt < FRESH_FOR_MS;
    if (!(fresh && this.#kids.has(kid))) await this.#refresh({ now, log });
    if (this.#resolver === null) return 'unavailable';
    return this.#kids.has(kid) ? this.#resolver : null;
  }

  async #refresh({ now, log }: Tools): Promise<void> {
    if (now() - this.#attemptedAt < REFETCH_AFTER_MS) {
      await this.#waitForOther(now);
      return;
    }
    this.#attemptedAt = now();
    this.#underWay = true;
    try {
      const keys = await fetchKeys(this.#url);
      this.#kids = new Set(keys.map(({ kid }) => kid));
      this.#resolver = createLocalJWKSet({ keys });
      this.#fetchedAt = now();
    } catch (error) {
      log({ event: 'supabase_keys_not_fetched', ...describeError(error) });
    } finally {
      this.#underWay = false;
    }
  }

  /** Another request is fetching: its outcome will be here, or its time is up. */
  async #waitForOther(now: () => number): Promise<void> {
    while (this.#underWay && now() - this.#attemptedAt < TIMEOUT_MS) await scheduler.wait(POLL_MS);
  }
}

async function fetchKeys(url: string): Promise<z.infer<typeof PublicKey>[]> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the key set answered ${response.status}`);
  const text = await response.text();
  if (text.length > MAX_BYTES) throw new Error('the key set is too large');
  return KeySet.parse(JSON.parse(text)).keys.flatMap((key) => {
    const read = PublicKey.safeParse(key);
    return read.success ? [read.data] : [];
  });
}
