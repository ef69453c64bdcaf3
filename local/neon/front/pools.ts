import { Pool, type PoolClient } from 'pg';
import { type Log, reasonOf } from '../../log.ts';
import { Plans } from './plans.ts';

export type PoolLimits = {
  /** Connections per connection string. */
  connections: number;
  /** Connection strings remembered; the one unused for longest goes first. */
  pools: number;
};

type Entry = { pool: Pool; inUse: number };

/** Everything stays text: Neon's client parses values itself. */
const rawTypes = { getTypeParser: () => (value: string) => value };

/** Connections of one server, pooled by connection string and bounded in both directions. */
export class Pools {
  readonly #entries = new Map<string, Entry>();
  readonly #plans = new WeakMap<PoolClient, Plans>();
  readonly #limits: PoolLimits;
  readonly #log: Log;

  constructor(limits: PoolLimits, log: Log) {
    this.#limits = limits;
    this.#log = log;
  }

  /**
   * Lends a connection to `use` and takes it back, or drops it when `use` says that it is not reusable.
   * @param connectionString names the server itself, not what a caller wrote.
   */
  async with<T>(
    connectionString: string,
    use: (client: PoolClient, plans: Plans) => Promise<{ value: T; reusable: boolean }>,
  ): Promise<T> {
    const entry = this.#entry(connectionString);
    entry.inUse += 1;
    let client: PoolClient | undefined;
    let reusable = false;
    try {
      client = await entry.pool.connect();
      const plans = this.#plans.get(client) ?? new Plans();
      this.#plans.set(client, plans);
      const outcome = await use(client, plans);
      reusable = outcome.reusable && !plans.full;
      return outcome.value;
    } finally {
      entry.inUse -= 1;
      client?.release(!reusable);
      // A wrong password or database must not keep a place.
      if (client === undefined && entry.inUse === 0 && entry.pool.totalCount === 0) {
        this.#drop(connectionString, entry);
      }
      this.#shrink();
    }
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(({ pool }) => pool.end()));
  }

  #entry(connectionString: string): Entry {
    const known = this.#entries.get(connectionString);
    if (known !== undefined) {
      this.#entries.delete(connectionString);
      this.#entries.set(connectionString, known);
      return known;
    }
    const pool = new Pool({
      connectionString,
      max: this.#limits.connections,
      idleTimeoutMillis: 10_000,
      types: rawTypes,
    });
    pool.on('error', (error) => this.#log('warn', 'connection_lost', { reason: error.message }));
    const entry = { pool, inUse: 0 };
    this.#entries.set(connectionString, entry);
    return entry;
  }

  #shrink(): void {
    for (const [connectionString, entry] of this.#entries) {
      if (this.#entries.size <= this.#limits.pools) return;
      if (entry.inUse === 0) this.#drop(connectionString, entry);
    }
  }

  #drop(connectionString: string, { pool }: Entry): void {
    if (this.#entries.get(connectionString)?.pool !== pool) return;
    this.#entries.delete(connectionString);
    pool.end().catch((error: unknown) => {
      this.#log('warn', 'pool_end_failed', { reason: reasonOf(error) });
    });
  }
}
