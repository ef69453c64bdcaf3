import { rm } from 'node:fs/promises';
import type { Report } from '../../shared/protocol/runner-reports.ts';
import { backoffMs } from '../backoff.ts';
import { sleep, type Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { InboundFile } from '../engine/port.ts';
import type { Log } from '../log.ts';
import { shouldLogFailure } from '../log-sampling.ts';
import type { MediaUpload } from './media-upload.ts';
import { isCredential } from './link-codes.ts';
import { SpoolDelivery, type Loaded } from './spool-delivery.ts';
import { laneOf, SpoolQueues, type Queued } from './spool-queues.ts';
import { awaitsFile } from './spool-store.ts';
import type { Left, SpoolEntry, SpoolStore } from './spool-store.ts';

/** Of reports that are on the disk, so much is kept in memory as well; the rest is read when its turn comes. */
const MEMORY_BYTES = 16 * 1024 * 1024;
const RETRY = { baseMs: 250, maxMs: 15_000 };
/** A message waits so long for its file, and its chat with it. Most files are there by then. */
const FILE_WAIT_MS = 1_000;

type NewReport = { sessionId: string; epoch: number; report: Report; file?: InboundFile };

type MediaReport = Extract<Report, { kind: 'message.media' }>;

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
  fileWaitMs?: number;
};

/**
 * Reports on their way to the edge. Each is on the disk when `add` resolves, and leaves it only when the edge has confirmed it.
 * Order is kept within a session. A message waits a moment for its file, and only its own chat waits with it; what comes of a
 * file that takes longer is a report of its own, which holds nothing up. However many wait, no more than `memoryBytes` of them
 * are in memory.
 */
export class ReportSpool {
  readonly #deps: SpoolDeps;
  readonly #queues = new SpoolQueues();
  readonly #stopping = new AbortController();
  readonly #delivery: SpoolDelivery;
  /** Who waits until the reports of a lane are confirmed up to one of them. */
  readonly #waiting = new Map<string, { upTo: number; resolve: () => void }[]>();
  /** Messages that were reported without their file and are still here, by session and wire id. */
  readonly #withoutFile = new Map<string, Queued>();
  #spoolSeq = 0;
  #order = 0;
  /** Bytes of reports in memory. */
  #held = 0;

  constructor(deps: SpoolDeps) {
    this.#deps = deps;
    for (const { hasFile, isFile, wireId, bytes, ...ref } of deps.left) {
      const order = (this.#order += 1);
      const queued: Queued = { ref, order, entry: null, bytes, held: hasFile };
      const message = `${ref.sessionId}/${wireId}`;
      if (isFile) queued.after = this.#withoutFile.get(message) ?? 'nothing';
      else if (wireId !== null) this.#withoutFile.set(message, queued);
      this.#queues.add(queued);
    }
    this.#delivery = new SpoolDelivery({
      ...deps,
      queues: this.#queues,
      stopping: this.#stopping.signal,
      drop: (batch) => this.#drop(batch),
    });
  }

  start(): void {
    for (const queued of this.#queues.all())
      if (queued.held && queued.entry === null) this.#resumeUpload(queued);
    this.#delivery.kick();
  }

  /** The edge answers again: reports that wait for their next try go now. */
  retryNow(): void {
    this.#delivery.retryNow();
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
    const order = (this.#order += 1);
    const queued: Queued = { ref, order, entry, bytes, held: file !== undefined };
    if ('chatId' in report) queued.chat = report.chatId;
    if (report.kind === 'message.media') this.#ofFile(queued, sessionId, report);
    this.#held += bytes;
    this.#queues.add(queued);
    if (file !== undefined) this.#upload(queued, entry, file);
    else if (awaitsFile(report)) this.#awaitFile(queued, sessionId, report.wireId);
    this.#delivery.kick();
    if (isCredential(report)) return;
    try {
      await store.put(entry);
      if (entry.file === null && this.#held > this.#memoryBytes) this.#forget(queued);
    } catch (error) {
      log.error('spool.not_durable', { sessionId, kind: report.kind, error });
    }
  }

  /**
   * Resolves when the edge has confirmed every report of this session that is here now. Not waited for are files that take
   * longer than their message waits: each is a report of its own, and may take minutes.
   */
  delivered(sessionId: string): Promise<void> {
    const last = this.#queues.newest(sessionId);
    return last === undefined ? Promise.resolve() : this.#confirmed(last);
  }

  /** Resolves when `last` is confirmed, and all that was added to its lane before. */
  #confirmed(last: Queued): Promise<void> {
    return new Promise((resolve) => {
      const lane = laneOf(last);
      const waiting = this.#waiting.get(lane) ?? [];
      this.#waiting.set(lane, [...waiting, { upTo: last.order, resolve }]);
    });
  }

  /** Tries for `waitMs` to hand everything over; what is left stays on the disk for the next boot. */
  async close(waitMs: number): Promise<void> {
    const { clock, log, store } = this.#deps;
    const all = Promise.all(this.#queues.lasts().map((last) => this.#confirmed(last)));
    try {
      await withDeadline(all, waitMs, 'handing over the last reports', clock);
    } catch {
      log.warn('spool.left_for_next_boot', { reports: this.size });
    }
    this.#stopping.abort();
    await this.#delivery.ended();
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

  /** A file that an older boot did not get away. Its session's reports wait for it, so a disk that fails is asked again. */
  #resumeUpload(queued: Queued, failures = 0): void {
    const { store, clock, random, log } = this.#deps;
    store.read(queued.ref).then(
      (entry) => {
        if (entry === null || entry.file === null) queued.held = false;
        else this.#upload(queued, entry, entry.file);
        this.#delivery.kick();
      },
      (error: unknown) => {
        if (shouldLogFailure(failures + 1)) log.error('spool.disk_failed', { error });
        void sleep(clock, backoffMs(failures, RETRY, random), this.#stopping.signal).then(() => {
          if (!this.#stopping.signal.aborted) this.#resumeUpload(queued, failures + 1);
        });
      },
    );
  }

  /** A message whose file is still on its way waits a moment for it. */
  #awaitFile(queued: Queued, sessionId: string, wireId: string): void {
    queued.held = true;
    this.#withoutFile.set(`${sessionId}/${wireId}`, queued);
    const { clock, fileWaitMs = FILE_WAIT_MS } = this.#deps;
    void sleep(clock, fileWaitMs, this.#stopping.signal).then(() => this.#release(queued));
  }

  #release(queued: Queued): void {
    queued.held = false;
    this.#delivery.kick();
  }

  /** The report of a file goes after its message's. One that failed keeps the session's order; one to upload holds nothing up. */
  #ofFile(queued: Queued, sessionId: string, { wireId, media }: MediaReport): void {
    const message = this.#withoutFile.get(`${sessionId}/${wireId}`);
    if (queued.held) queued.after = message ?? 'nothing';
    else this.#tellWith(message, media);
  }

  /** The file is settled while its message still waits for it: the message tells of it at once. */
  #tellWith(message: Queued | undefined, media: MediaReport['media']): void {
    if (message?.held !== true) return;
    const { entry } = message;
    if (entry?.report.report.kind === 'message.received')
      message.entry = {
        ...entry,
        report: { ...entry.report, report: { ...entry.report.report, media } },
      };
    this.#release(message);
  }

  #upload(queued: Queued, entry: SpoolEntry, file: InboundFile): void {
    const { report, sessionId, epoch } = entry.report;
    // A message that waits for its file was spooled by an earlier version.
    if (report.kind !== 'message.received' && report.kind !== 'message.media') return;
    if (report.media === null) return;
    const { media, wireId } = report;
    const { upload, log } = this.#deps;
    upload({ sessionId, epoch, wireId, file }, this.#stopping.signal).then(
      (uploaded) => {
        if (uploaded === null) return;
        if (uploaded.error !== null)
          log.warn('media.not_stored', { sessionId, wireId, error: uploaded.error });
        if (queued.entry === null) this.#held += queued.bytes;
        const settled = { ...media, ...uploaded };
        queued.entry = {
          ...entry,
          report: { ...entry.report, report: { ...report, media: settled } },
        };
        if (queued.after !== 'nothing') this.#tellWith(queued.after, settled);
        this.#release(queued);
      },
      (error: unknown) => log.error('media.upload_broke', { sessionId, wireId, error }),
    );
  }

  async #drop(batch: readonly Loaded[]): Promise<void> {
    this.#queues.remove(batch.map(({ queued }) => queued));
    for (const { queued } of batch) this.#forget(queued);
    for (const lane of new Set(batch.map(({ queued }) => laneOf(queued)))) this.#tellWaiting(lane);
    for (const [key, message] of this.#withoutFile)
      if (message.gone === true) this.#withoutFile.delete(key);
    const { log, store } = this.#deps;
    await store
      .drop(batch.map(({ queued }) => queued.ref))
      .catch((error: unknown) => log.error('spool.disk_failed', { error }));
    for (const { entry } of batch)
      if (entry !== null && entry.file !== null) await rm(entry.file.path, { force: true });
  }

  #tellWaiting(lane: string): void {
    const left = this.#queues.oldest(lane)?.order ?? Infinity;
    const waiting = this.#waiting.get(lane) ?? [];
    const still = waiting.filter(({ upTo }) => upTo >= left);
    if (still.length > 0) this.#waiting.set(lane, still);
    else this.#waiting.delete(lane);
    for (const { upTo, resolve } of waiting) if (upTo < left) resolve();
  }
}
