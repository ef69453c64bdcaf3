import type { SpoolEntry, SpoolRef } from './spool-store.ts';

/** `entry` is null while it is on the disk alone; `held` while it may not go yet. */
export type Queued = {
  ref: SpoolRef;
  /** Counts up from one that was added to the next. */
  order: number;
  /** Of a message, or of what happened to one: while it is held, it holds up its chat alone. */
  chat?: string;
  entry: SpoolEntry | null;
  bytes: number;
  held: boolean;
  /** Of the report of a file: it holds nothing else up, and goes when this one has gone. */
  after?: Queued | 'nothing';
  gone?: true;
};

type BatchLimits = { reports: number; bytes: number };

/** Reports that wait, oldest first, by session, and each file's by itself: one's hold-up is no other's. */
export class SpoolQueues {
  readonly #queues = new Map<string, Queued[]>();

  add(queued: Queued): void {
    const lane = laneOf(queued);
    const queue = this.#queues.get(lane);
    if (queue === undefined) this.#queues.set(lane, [queued]);
    else queue.push(queued);
  }

  get size(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0);
  }

  all(): Queued[] {
    return [...this.#queues.values()].flat();
  }

  /** The last report of each lane. */
  lasts(): Queued[] {
    return [...this.#queues.values()].flatMap((queue) => queue.slice(-1));
  }

  newest(lane: string): Queued | undefined {
    return this.#queues.get(lane)?.at(-1);
  }

  oldest(lane: string): Queued | undefined {
    return this.#queues.get(lane)?.[0];
  }

  /** From each session the reports that may go now, oldest first; at least one, however big. */
  nextBatch(limits: BatchLimits): Queued[] {
    const batch: Queued[] = [];
    let bytes = 0;
    for (const queue of this.#queues.values()) {
      const heldUp = new Set<string>();
      for (const queued of queue) {
        const { chat } = queued;
        if (chat !== undefined && heldUp.has(chat)) continue;
        if (queued.held || isAhead(queued.after)) {
          if (chat === undefined) break;
          heldUp.add(chat);
          continue;
        }
        if (batch.length >= limits.reports) return batch;
        bytes += queued.bytes;
        if (batch.length > 0 && bytes > limits.bytes) return batch;
        batch.push(queued);
      }
    }
    return batch;
  }

  remove(batch: readonly Queued[]): void {
    for (const queued of batch) queued.gone = true;
    for (const lane of new Set(batch.map(laneOf))) {
      const rest = (this.#queues.get(lane) ?? []).filter(({ gone }) => gone !== true);
      // Re-inserted last, so that a session with a long backlog does not starve the others.
      this.#queues.delete(lane);
      if (rest.length > 0) this.#queues.set(lane, rest);
    }
  }
}

/** A session's id, or a file's own. */
export const laneOf = ({ ref, after }: Queued): string =>
  after === undefined ? ref.sessionId : `${ref.sessionId}/${ref.bootId}/${ref.spoolSeq}`;

const isAhead = (after: Queued['after']): boolean =>
  after !== undefined && after !== 'nothing' && after.gone !== true;
