import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { Clock } from '../clock.ts';
import { planReconnect, type ReconnectTiming } from './reconnect-plan.ts';
import { Timers } from './timers.ts';

export type RetriesDeps = {
  clock: Clock;
  random: () => number;
  timing: ReconnectTiming & { stableMs: number };
  say: (report: Report) => void;
  launch: () => void;
};

/** Counts engines that ended in a row, and starts the next one after a pause that grows; each is told. */
export class Retries {
  readonly #deps: RetriesDeps;
  readonly #timers: Timers<'retry' | 'stable'>;
  #failed = 0;
  #pending = false;

  constructor(deps: RetriesDeps) {
    this.#deps = deps;
    this.#timers = new Timers(deps.clock);
  }

  /** A start is still to come. */
  get pending(): boolean {
    return this.#pending;
  }

  /** An engine ended: another comes after a pause. @returns whether it is one in too many */
  again(reason: string): boolean {
    const { clock, random, timing, say, launch } = this.#deps;
    this.#failed += 1;
    const { attempt, delayMs, gaveUp } = planReconnect(this.#failed, timing, random);
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
    this.#failed = 0;
  }

  cancel(): void {
    this.#timers.clear('retry');
    this.#pending = false;
  }
}
