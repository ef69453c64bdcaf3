import type { SpoolEntry, SpoolRef } from './spool-store.ts';

/** `entry` is null while it is on the disk alone; `uploading` while its file is on the way. */
export type Queued = {
  ref: SpoolRef;
  entry: SpoolEntry | null;
  bytes: number;
  uploading: boolean;
};

type BatchLimits = { reports: number; bytes: number };

/** Reports that wait, oldest first, by session: one session's hold-up is no other's. */
export class SpoolQueues {
  readonly #queues = new Map<string, Queued[]>();

  add(queued: Queued): void {
    const { sessionId } = queued.ref;
    const queue = this.#queues.get(sessionId);
    if (queue === undefined) this.#queues.set(sessionId, [queued]);
    else queue.push(queued);
  }

  get size(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0);
  }

  /** Sessions of which something waits. */
  get sessions(): string[] {
    return [...this.#queues.keys()];
  }

  all(): Queued[] {
    return [...this.#queues.values()].flat();
  }

  newest(sessionId: string): Queued | undefined {
    return this.#queues.get(sessionId)?.at(-1);
  }

  /** From each session the reports that may go now, oldest first; at least one, however big. */
  nextBatch(limits: BatchLimits): Queued[] {
    const batch: Queued[] = [];
    let bytes = 0;
    for (const queue of this.#queues.values()) {
      for (const queued of queue) {
        if (queued.uploading) break;
        if (batch.length >= limits.reports) return batch;
        bytes += queued.bytes;
        if (batch.length > 0 && bytes > limits.bytes) return batch;
        batch.push(queued);
      }
    }
    return batch;
  }

  /** Takes a batch out, which is always the beginning of each queue that it was taken from. */
  remove(batch: readonly Queued[]): void {
    for (const [sessionId, gone] of Map.groupBy(batch, ({ ref }) => ref.sessionId)) {
      const queue = this.#queues.get(sessionId) ?? [];
      queue.splice(0, gone.length);
      // Re-inserted last, so that a session with a long backlog does not starve the others.
      this.#queues.delete(sessionId);
      if (queue.length > 0) this.#queues.set(sessionId, queue);
    }
  }
}
