import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import type { EngineEvent, UnreportedPlace } from '../port.ts';

type FactEvent = Extract<EngineEvent, { type: 'fact' }>;

/** A runner that is awake has a fact on its disk sooner; one that was merely late costs a small write. */
const TAKEN_WITHIN_MS = 300;
const LOOK_EVERY_MS = 100;

/**
 * Facts that the runner has not stored yet. The page has acknowledged them, so WhatsApp never repeats them: what a hanging
 * runner does not store is saved here, and its next boot reports it (runner/events/recover-unreported.ts).
 * Writing is synchronous: this process may be about to be killed.
 */
export class UnreportedFacts {
  readonly #place: UnreportedPlace;
  readonly #now: () => number;
  readonly #open = new Map<number, { event: FactEvent; since: number; written: boolean }>();
  #lastSeq = 0;
  #look: NodeJS.Timeout | null = null;

  constructor(place: UnreportedPlace, now: () => number = () => performance.now()) {
    this.#place = place;
    this.#now = now;
  }

  /** @returns what the runner names it by when it has it */
  add(event: FactEvent): number {
    this.#lastSeq += 1;
    const isStuck = [...this.#open.values()].some(({ written }) => written);
    this.#open.set(this.#lastSeq, { event, since: this.#now(), written: false });
    // Whoever ends this process will not ask it before.
    if (isStuck) this.write();
    this.#look ??= setInterval(() => this.write(TAKEN_WITHIN_MS), LOOK_EVERY_MS);
    return this.#lastSeq;
  }

  taken(seq: number): void {
    const written = this.#open.get(seq)?.written === true;
    this.#open.delete(seq);
    if (this.#open.size > 0) return;
    if (this.#look !== null) clearInterval(this.#look);
    this.#look = null;
    if (written) rmSync(this.#place.file, { force: true });
  }

  /** Writes down what was not taken for so long. */
  write(olderThanMs = 0): void {
    const { file, epoch } = this.#place;
    const late = [...this.#open.values()].filter(
      ({ since, written }) => !written && this.#now() - since >= olderThanMs,
    );
    if (late.length === 0) return;
    const lines = late.map(({ event: { fact, file: media } }) =>
      JSON.stringify({ epoch, report: fact, ...(media === undefined ? {} : { file: media }) }),
    );
    const descriptor = openSync(file, 'a', 0o600);
    try {
      writeSync(descriptor, lines.map((line) => `${line}\n`).join(''));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    for (const one of late) one.written = true;
  }
}
