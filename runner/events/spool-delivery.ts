import { backoffMs } from '../backoff.ts';
import { sleep, type Clock } from '../clock.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import { EdgeError } from '../edge-client/edge-error.ts';
import type { Log } from '../log.ts';
import { shouldLogFailure } from '../log-sampling.ts';
import { isSpent } from './link-codes.ts';
import type { Queued, SpoolQueues } from './spool-queues.ts';
import type { SpoolEntry, SpoolStore } from './spool-store.ts';

/** The protocol's limit, and one of our own so that a batch of long texts stays a small request. */
const BATCH_REPORTS = 200;
const BATCH_BYTES = 512 * 1024;
const RETRY = { baseMs: 250, maxMs: 15_000 };

/** `entry` is null when the disk cannot be read. */
export type Loaded = { queued: Queued; entry: SpoolEntry | null };

type SpoolDeliveryDeps = {
  queues: SpoolQueues;
  store: Pick<SpoolStore, 'read' | 'setAside'>;
  runnerId: string;
  edge: Pick<EdgeClient, 'reports'>;
  clock: Clock;
  random: () => number;
  log: Log;
  stopping: AbortSignal;
  /** The edge has confirmed these, or can never take them. */
  drop: (batch: readonly Loaded[]) => Promise<void>;
};

/** Posts spooled reports to the edge in batches, one batch at a time, until each is confirmed. */
export class SpoolDelivery {
  readonly #deps: SpoolDeliveryDeps;
  #failures = 0;
  #batchLimit = BATCH_REPORTS;
  #running: Promise<void> | null = null;
  #waiting = new AbortController();

  constructor(deps: SpoolDeliveryDeps) {
    this.#deps = deps;
  }

  /** Resolves when no post is under way. */
  async ended(): Promise<void> {
    await this.#running;
  }

  /** There may be something to deliver. */
  kick(): void {
    if (this.#running !== null || this.#deps.stopping.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#nextBatch().length > 0) this.kick();
    });
  }

  /** The edge answers again: what waits for its next try goes now. */
  retryNow(): void {
    this.#waiting.abort();
  }

  async #run(): Promise<void> {
    for (;;) {
      const batch = this.#nextBatch();
      if (batch.length === 0 || this.#deps.stopping.aborted) return;
      try {
        await this.#post(await this.#load(batch));
        this.#failures = 0;
        this.#batchLimit = Math.min(BATCH_REPORTS, this.#batchLimit * 2);
      } catch (error) {
        await this.#failed(batch, error);
      }
    }
  }

  #nextBatch(): Queued[] {
    return this.#deps.queues.nextBatch({ reports: this.#batchLimit, bytes: BATCH_BYTES });
  }

  #load(batch: readonly Queued[]): Promise<Loaded[]> {
    const { store } = this.#deps;
    return Promise.all(
      batch.map(async (queued) => ({
        queued,
        entry: queued.entry ?? (await store.read(queued.ref)),
      })),
    );
  }

  async #post(batch: readonly Loaded[]): Promise<void> {
    const { edge, runnerId, log, clock } = this.#deps;
    const now = clock.now();
    const startedAt = clock.monotonic();
    for (const { queued, entry } of batch)
      if (entry === null) log.error('spool.unreadable', { ...queued.ref });
    const reports = batch
      .flatMap(({ entry }) => (entry === null ? [] : [entry.report]))
      .filter(({ report }) => !isSpent(report, now));
    if (reports.length > 0) {
      const { refused } = await edge.reports({ runnerId, reports });
      for (const { spoolSeq, bootId, reason } of refused)
        log.warn('spool.report_refused', { bootId, spoolSeq, reason });
      log.info('spool.posted', {
        reports: reports.length,
        refused: refused.length,
        sessions: new Set(reports.map(({ sessionId }) => sessionId)).size,
        durationMs: Math.round(clock.monotonic() - startedAt),
      });
    }
    await this.#deps.drop(batch);
  }

  /** Nothing is dropped but what the edge can never take: such a report is found by halving and set aside. */
  async #failed(batch: readonly Queued[], error: unknown): Promise<void> {
    const { log, clock, random } = this.#deps;
    const unfit =
      error instanceof EdgeError && error.status !== null && [400, 413, 422].includes(error.status);
    const [first] = batch;
    if (unfit && batch.length > 1) {
      this.#batchLimit = Math.ceil(batch.length / 2);
      return;
    }
    if (unfit && first !== undefined && (await this.#setAside(first, error))) {
      this.#batchLimit = BATCH_REPORTS;
      return;
    }
    // No answer in time: a busy edge has less to do with less, and the same batch again would only come to the same.
    const unanswered = error instanceof EdgeError && error.status === null;
    if (unanswered) this.#batchLimit = Math.ceil(batch.length / 2);
    const failures = this.#failures + 1;
    if (shouldLogFailure(failures))
      log.warn('spool.post_failed', { failures, waiting: this.#deps.queues.size, error });
    this.#waiting = new AbortController();
    const cutShort = AbortSignal.any([this.#waiting.signal, this.#deps.stopping]);
    await sleep(clock, backoffMs(this.#failures++, RETRY, random), cutShort);
  }

  async #setAside(queued: Queued, error: unknown): Promise<boolean> {
    const { log, store } = this.#deps;
    try {
      const [loaded] = await this.#load([queued]);
      if (loaded?.entry == null) return true;
      const { report } = loaded.entry.report;
      log.error('spool.set_aside', { ...queued.ref, kind: report.kind, error });
      await store.setAside(loaded.entry);
      await this.#deps.drop([loaded]);
      return true;
    } catch (diskError) {
      log.error('spool.disk_failed', { error: diskError });
      return false;
    }
  }
}
