import { rm } from 'node:fs/promises';
import type { Report } from '../../shared/protocol/runner-reports.ts';
import { backoffMs } from '../backoff.ts';
import { sleep, within, type Clock } from '../clock.ts';
import { EdgeError, type EdgeClient } from '../edge-client/edge-client.ts';
import type { InboundFile } from '../engine/port.ts';
import type { Log } from '../log.ts';
import type { MediaUpload } from './media-upload.ts';
import type { SpoolEntry, SpoolStore } from './spool-store.ts';

/** The protocol's limit, and one of our own so that a batch of long texts stays a small request. */
const BATCH_REPORTS = 200;
const BATCH_BYTES = 512 * 1024;
const RETRY = { baseMs: 250, maxMs: 15_000 };

export type NewReport = { sessionId: string; epoch: number; report: Report; file?: InboundFile };

type Queued = { entry: SpoolEntry; bytes: number; uploading: boolean };

export type SpoolDeps = {
  store: SpoolStore;
  /** What older boots left: goes first. */
  left: readonly SpoolEntry[];
  bootId: string;
  runnerId: string;
  edge: Pick<EdgeClient, 'reports'>;
  upload: MediaUpload;
  clock: Clock;
  random: () => number;
  log: Log;
};

/**
 * Reports on their way to the edge. Each is on the disk when `add` resolves, and leaves it only after the edge's yes.
 * Order is kept within a session; a file that is still on its way holds back its own session alone.
 */
export class ReportSpool {
  readonly #deps: SpoolDeps;
  readonly #queues = new Map<string, Queued[]>();
  readonly #stopping = new AbortController();
  readonly #idle = new Map<string, (() => void)[]>();
  #spoolSeq = 0;
  #failures = 0;
  #batchLimit = BATCH_REPORTS;
  #running: Promise<void> | null = null;

  constructor(deps: SpoolDeps) {
    this.#deps = deps;
    for (const entry of deps.left) this.#enqueue(entry);
  }

  start(): void {
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
    this.#enqueue(entry);
    this.#kick();
    if (isCredential(report)) return;
    try {
      await store.put(entry);
    } catch (error) {
      log.error('spool.not_durable', { sessionId, kind: report.kind, error });
    }
  }

  /** Resolves when the edge has said yes to everything of this session that is here now. */
  delivered(sessionId: string): Promise<void> {
    const last = this.#queues.get(sessionId)?.at(-1);
    if (last === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#idle.get(keyOf(last.entry)) ?? [];
      waiting.push(resolve);
      this.#idle.set(keyOf(last.entry), waiting);
    });
  }

  /** Tries for `waitMs` to hand everything over; what is left stays on the disk for the next boot. */
  async close(waitMs: number): Promise<void> {
    const { clock, log, store } = this.#deps;
    const all = Promise.all([...this.#queues.keys()].map((id) => this.delivered(id)));
    try {
      await within(clock, waitMs, 'handing over the last reports', all);
    } catch {
      log.warn('spool.left_for_next_boot', { reports: this.size });
    }
    this.#stopping.abort();
    await this.#running;
    await store.close();
  }

  get size(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0);
  }

  #enqueue(entry: SpoolEntry): void {
    const { sessionId } = entry.report;
    const queued = { entry, bytes: JSON.stringify(entry.report).length, uploading: false };
    const queue = this.#queues.get(sessionId);
    if (queue === undefined) this.#queues.set(sessionId, [queued]);
    else queue.push(queued);
    if (entry.file !== null) this.#upload(queued, entry.file);
  }

  #upload(queued: Queued, file: InboundFile): void {
    const { report, sessionId, epoch } = queued.entry.report;
    if (report.kind !== 'message.received' || report.media === null) return;
    queued.uploading = true;
    const { media, wireId } = report;
    const { upload, log } = this.#deps;
    upload({ sessionId, epoch, wireId, file }, this.#stopping.signal).then(
      (uploaded) => {
        if (uploaded === null) return;
        if (uploaded.error !== null)
          log.warn('media.not_stored', { sessionId, wireId, error: uploaded.error });
        queued.entry = {
          ...queued.entry,
          report: {
            ...queued.entry.report,
            report: { ...report, media: { ...media, ...uploaded } },
          },
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
        await this.#post(batch);
        this.#failures = 0;
        this.#batchLimit = BATCH_REPORTS;
      } catch (error) {
        await this.#failed(batch, error);
      }
    }
  }

  /** From each session the reports that may go now, oldest first. */
  #nextBatch(): Queued[] {
    const batch: Queued[] = [];
    let bytes = 0;
    for (const queue of this.#queues.values()) {
      for (const queued of queue) {
        if (queued.uploading) break;
        if (batch.length >= this.#batchLimit) return batch;
        bytes += queued.bytes;
        if (batch.length > 0 && bytes > BATCH_BYTES) return batch;
        batch.push(queued);
      }
    }
    return batch;
  }

  async #post(batch: readonly Queued[]): Promise<void> {
    const { edge, runnerId, log, clock } = this.#deps;
    const now = clock.now();
    const current = batch.filter(({ entry: { report } }) => !isSpent(report.report, now));
    if (current.length > 0) {
      const reports = current.map(({ entry }) => entry.report);
      const { refused } = await edge.reports({ runnerId, reports });
      for (const { spoolSeq, bootId, reason } of refused)
        log.warn('spool.report_refused', { bootId, spoolSeq, reason });
      log.debug('spool.posted', { reports: reports.length, refused: refused.length });
    }
    await this.#drop(batch);
  }

  /** Nothing is dropped but what the edge can never take: such a report is found by halving and set aside. */
  async #failed(batch: readonly Queued[], error: unknown): Promise<void> {
    const { log, clock, random, store } = this.#deps;
    const unfit =
      error instanceof EdgeError && error.status !== null && [400, 413, 422].includes(error.status);
    const [first] = batch;
    if (unfit && batch.length > 1) {
      this.#batchLimit = Math.ceil(batch.length / 2);
      return;
    }
    if (unfit && first !== undefined) {
      const { report, sessionId, spoolSeq } = first.entry.report;
      log.error('spool.set_aside', { sessionId, spoolSeq, kind: report.kind, error });
      if (await this.#onDisk(() => store.setAside(first.entry))) {
        await this.#drop([first]);
        this.#batchLimit = BATCH_REPORTS;
        return;
      }
    }
    log.warn('spool.post_failed', { waiting: this.size, error });
    await sleep(clock, backoffMs(this.#failures++, RETRY, random), this.#stopping.signal);
  }

  async #drop(batch: readonly Queued[]): Promise<void> {
    const gone = new Set(batch);
    for (const [sessionId, queue] of this.#queues) {
      const rest = queue.filter((queued) => !gone.has(queued));
      if (rest.length === queue.length) continue;
      // Re-inserted last, so that a session with a long backlog does not starve the others.
      this.#queues.delete(sessionId);
      if (rest.length > 0) this.#queues.set(sessionId, rest);
    }
    await this.#onDisk(() => this.#deps.store.drop(batch.map(({ entry }) => entry)));
    for (const { entry } of batch) {
      if (entry.file !== null) await rm(entry.file.path, { force: true });
      for (const resolve of this.#idle.get(keyOf(entry)) ?? []) resolve();
      this.#idle.delete(keyOf(entry));
    }
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

function keyOf({ report }: SpoolEntry): string {
  return `${report.bootId}/${report.spoolSeq}`;
}

type CredentialReport = Extract<Report, { kind: 'session.qr' | 'session.pairing_code' }>;

function isCredential(report: Report): report is CredentialReport {
  return report.kind === 'session.qr' || report.kind === 'session.pairing_code';
}

/** A code to link with that is out of date is of no use to anyone. */
function isSpent(report: Report, now: number): boolean {
  return isCredential(report) && report.expiresAt <= now;
}
