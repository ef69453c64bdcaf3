import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { Clock } from '../clock.ts';
import { failuresInARow } from '../failures-in-a-row.ts';
import { planReconnect, type ReconnectTiming } from './reconnect-plan.ts';
import { Timers } from './timers.ts';

export type RetriesDeps = {
  clock: Clock;
  random: () => number;
  timing: ReconnectTiming & { stableMs: number };
  say: (report: Report) => void;
  launch: () => void;
};

/** Counts engines that ended in a row (failures-in-a-row.ts), and starts the next one after a pause that grows; each is told. */
export class Retries {
  readonly #deps: RetriesDeps;
  readonly #timers: Timers<'retry' | 'stable'>;
  /** When each of them ended, monotonic. */
  #failures: readonly number[] = [];
  #startedAt: number | null = null;
  #pending = false;

  constructor(deps: RetriesDeps) {
    this.#deps = deps;
    this.#timers = new Timers(deps.clock);
  }

  /** A start is still to come. */
  get pending(): boolean {
    return this.#pending;
  }

  /** An engine is about to start. */
  started(): void {
    this.#startedAt = this.#deps.clock.monotonic();
  }

  /** An engine ended: another comes after a pause. @returns whether it is one in too many */
  again(reason: string): boolean {
    const { clock, random, timing, say, launch } = this.#deps;
    const at = clock.monotonic();
    const limit = { failures: timing.giveUpAfter, withinMs: timing.giveUpWithinMs };
    const ranMs = this.#startedAt === null ? 0 : at - this.#startedAt;
    this.#startedAt = null;
    this.#failures = failuresInARow(this.#failures, { at, ranMs }, limit);
    const { attempt, delayMs, gaveUp } = planReconnect(this.#failures.length, timing, random);
    this.#pending = true;
    this.#timers.set('retry', delayMs, launch);
    const nextAt = Math.round(clock.now()) + delayMs;
    say({ kind: 'session.reconnect', attempt, delayMs, nextAt, reason });
    return gaveUp;
  }

  /** Online: after a while the count begins anew. */
  online(): void {
    this.#timers.set('stable', this.#deps.timing.stableMs, () => this.forget());
  }

  offline(): void {
    this.#timers.clear('stable');
  }

  /** What failed so far counts no more. */
  forget(): void {
    this.#failures = [];
  }

  cancel(): void {
    this.#timers.clear('retry');
    this.#pending = false;
  }
}
