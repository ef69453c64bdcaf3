import { rm } from 'node:fs/promises';
import type { Report } from '../../shared/protocol/runner-reports.ts';
import { backoffMs } from '../backoff.ts';
import { sleep, type Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import { EdgeError, type EdgeClient } from '../edge-client/edge-client.ts';
import type { InboundFile } from '../engine/port.ts';
import type { Log } from '../log.ts';
import { shouldLogFailure } from '../log-sampling.ts';
import type { MediaUpload } from './media-upload.ts';
import { SpoolQueues, type Queued } from './spool-queues.ts';
import type { Left, SpoolEntry, SpoolRef, SpoolStore } from './spool-store.ts';

/** The protocol's limit, and one of our own so that a batch of long texts stays a small request. */
const BATCH_REPORTS = 200;
const BATCH_BYTES = 512 * 1024;
/** Of reports that are on the disk, so much is kept in memory as well; the rest is read when its turn comes. */
const MEMORY_BYTES = 16 * 1024 * 1024;
const RETRY = { baseMs: 250, maxMs: 15_000 };

type NewReport = { sessionId: string; epoch: number; report: Report; file?: InboundFile };

type Loaded = { queued: Queued; entry: SpoolEntry | null };

type SpoolDeps = {
  store: SpoolStore;
  /** What older boots left: goes first. */
  left: readonly Left[];
  bootId: string;
  runnerId: string;
  edge: Pick<EdgeClient, 'reports'>;
  upload: MediaUpload;
  clock: Clock;
  random: () => number;
  log: Log;
  memoryBytes?: number;
};

/**
 * Reports on their way to the edge. Each is on the disk when `add` resolves, and leaves it only when the edge has confirmed it.
 * Order is kept within a session; a file that is still on its way holds back its own session alone. However many wait,
 * no more than `memoryBytes` of them are in memory.
 */
export class ReportSpool {
  readonly #deps: SpoolDeps;
  readonly #queues = new SpoolQueues();
  readonly #stopping = new AbortController();
  readonly #idle = new Map<string, (() => void)[]>();
  #spoolSeq = 0;
  /** Bytes of reports in memory. */
  #held = 0;
  #failures = 0;
  #batchLimit = BATCH_REPORTS;
  #running: Promise<void> | null = null;

  constructor(deps: SpoolDeps) {
    this.#deps = deps;
    for (const { hasFile, bytes, ...ref } of deps.left)
      this.#queues.add({ ref, entry: null, bytes, uploading: hasFile });
  }

  start(): void {
    for (const queued of this.#queues.all())
      if (queued.uploading && queued.entry === null) this.#resumeUpload(queued);
    this.#kick();
  }

  /** Resolves once the report is on the disk. A code to link with dies with us: it never touches the disk. */
  async add({ sessionId, epoch, report, file }: NewReport): Promise<void> {
    const { bootId, clock, store, log } = this.#deps;
    this.#spoolSeq += 1;
    const spooled = {
      bootId,
      spoolSeq: this.#spoolSeq,
      sessionId,
      epoch,
      occurredAt: clock.now(),
      report,
    };
    const entry: SpoolEntry = { report: spooled, file: file ?? null };
    const bytes = JSON.stringify(spooled).length;
    const ref = { bootId, spoolSeq: this.#spoolSeq, sessionId };
    const queued: Queued = { ref, entry, bytes, uploading: false };
    this.#held += bytes;
    this.#queues.add(queued);
    if (file !== undefined) this.#upload(queued, entry, file);
    this.#kick();
    if (isCredential(report)) return;
    try {
      await store.put(entry);
      if (entry.file === null && this.#held > this.#memoryBytes) this.#forget(queued);
    } catch (error) {
      log.error('spool.not_durable', { sessionId, kind: report.kind, error });
    }
  }

  /** Resolves when the edge has confirmed every report of this session that is here now. */
  delivered(sessionId: string): Promise<void> {
    const last = this.#queues.newest(sessionId);
    if (last === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#idle.get(keyOf(last.ref)) ?? [];
      waiting.push(resolve);
      this.#idle.set(keyOf(last.ref), waiting);
    });
  }

  /** Tries for `waitMs` to hand everything over; what is left stays on the disk for the next boot. */
  async close(waitMs: number): Promise<void> {
    const { clock, log, store } = this.#deps;
    const all = Promise.all(this.#queues.sessions.map((id) => this.delivered(id)));
    try {
      await withDeadline(all, waitMs, 'handing over the last reports', clock);
    } catch {
      log.warn('spool.left_for_next_boot', { reports: this.size });
    }
    this.#stopping.abort();
    await this.#running;
    await store.close();
  }

  get size(): number {
    return this.#queues.size;
  }

  /** Bytes of reports that are in memory now. */
  get heldBytes(): number {
    return this.#held;
  }

  get #memoryBytes(): number {
    return this.#deps.memoryBytes ?? MEMORY_BYTES;
  }

  #forget(queued: Queued): void {
    if (queued.entry === null) return;
    queued.entry = null;
    this.#held -= queued.bytes;
  }

  /** A file that an older boot did not get away. */
  #resumeUpload(queued: Queued): void {
    this.#deps.store.read(queued.ref).then(
      (entry) => {
        if (entry === null || entry.file === null) queued.uploading = false;
        else this.#upload(queued, entry, entry.file);
        this.#kick();
      },
      (error: unknown) => this.#deps.log.error('spool.disk_failed', { error }),
    );
  }

  #upload(queued: Queued, entry: SpoolEntry, file: InboundFile): void {
    const { report, sessionId, epoch } = entry.report;
    if (report.kind !== 'message.received' || report.media === null) return;
    queued.uploading = true;
    const { media, wireId } = report;
    const { upload, log } = this.#deps;
    upload({ sessionId, epoch, wireId, file }, this.#stopping.signal).then(
      (uploaded) => {
        if (uploaded === null) return;
        if (uploaded.error !== null)
          log.warn('media.not_stored', { sessionId, wireId, error: uploaded.error });
        if (queued.entry === null) this.#held += queued.bytes;
        queued.entry = {
          ...entry,
          report: { ...entry.report, report: { ...report, media: { ...media, ...uploaded } } },
        };
        queued.uploading = false;
        this.#kick();
      },
      (error: unknown) => log.error('media.upload_broke', { sessionId, wireId, error }),
    );
  }

  #kick(): void {
    if (this.#running !== null || this.#stopping.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#nextBatch().length > 0) this.#kick();
    });
  }

  async #run(): Promise<void> {
    for (;;) {
      const batch = this.#nextBatch();
      if (batch.length === 0 || this.#stopping.signal.aborted) return;
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
    return this.#queues.nextBatch({ reports: this.#batchLimit, bytes: BATCH_BYTES });
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
    for (const { queued, entry } of batch)
      if (entry === null) log.error('spool.unreadable', { ...queued.ref });
    const reports = batch
      .flatMap(({ entry }) => (entry === null ? [] : [entry.report]))
      .filter(({ report }) => !isSpent(report, now));
    if (reports.length > 0) {
      const { refused } = await edge.reports({ runnerId, reports });
      for (const { spoolSeq, bootId, reason } of refused)
        log.warn('spool.report_refused', { bootId, spoolSeq, reason });
      log.debug('spool.posted', { reports: reports.length, refused: refused.length });
    }
    await this.#drop(batch);
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
      log.warn('spool.post_failed', { failures, waiting: this.size, error });
    await sleep(clock, backoffMs(this.#failures++, RETRY, random), this.#stopping.signal);
  }

  async #setAside(queued: Queued, error: unknown): Promise<boolean> {
    const { log, store } = this.#deps;
    return this.#onDisk(async () => {
      const [loaded] = await this.#load([queued]);
      if (loaded?.entry == null) return;
      const { report } = loaded.entry.report;
      log.error('spool.set_aside', { ...queued.ref, kind: report.kind, error });
      await store.setAside(loaded.entry);
      await this.#drop([loaded]);
    });
  }

  async #drop(batch: readonly Loaded[]): Promise<void> {
    this.#queues.remove(batch.map(({ queued }) => queued));
    for (const { queued } of batch) {
      this.#forget(queued);
      for (const resolve of this.#idle.get(keyOf(queued.ref)) ?? []) resolve();
      this.#idle.delete(keyOf(queued.ref));
    }
    await this.#onDisk(() => this.#deps.store.drop(batch.map(({ queued }) => queued.ref)));
    for (const { entry } of batch)
      if (entry !== null && entry.file !== null) await rm(entry.file.path, { force: true });
  }

  async #onDisk(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#deps.log.error('spool.disk_failed', { error });
      return false;
    }
  }
}

function keyOf({ bootId, spoolSeq }: SpoolRef): string {
  return `${bootId}/${spoolSeq}`;
}

type CredentialReport = Extract<Report, { kind: 'session.qr' | 'session.pairing_code' }>;

function isCredential(report: Report): report is CredentialReport {
  return report.kind === 'session.qr' || report.kind === 'session.pairing_code';
}

/** An expired code to link a phone is worthless, so it is dropped. */
function isSpent(report: Report, now: number): boolean {
  return isCredential(report) && report.expiresAt <= now;
}
