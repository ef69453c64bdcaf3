import type { Clock } from '../clock.ts';
import type { WhatsAppEngine } from '../engine/port.ts';
import { watchLiveness, type LivenessTiming } from './liveness.ts';
import { Timers } from './timers.ts';

export type EngineWatchDeps = {
  clock: Clock;
  liveness: LivenessTiming;
  /** The engine is of no use any more; said once for each watch. */
  onDead: (detail: string) => void;
};

/** Notices an engine that does not get on: what must come by a deadline, and pings that are not answered. */
export class EngineWatch {
  readonly #deps: EngineWatchDeps;
  readonly #timers: Timers<'deadline'>;
  #endPings: (() => void) | null = null;

  constructor(deps: EngineWatchDeps) {
    this.#deps = deps;
    this.#timers = new Timers(deps.clock);
  }

  /** Something must come within `ms`; replaces what was expected before. */
  expect(ms: number, otherwise: string): void {
    this.#timers.set('deadline', ms, () => this.#deps.onDead(otherwise));
  }

  /** It came. */
  met(): void {
    this.#timers.clear('deadline');
  }

  /** From here on it must answer pings. */
  ping(engine: WhatsAppEngine | null): void {
    if (engine === null || this.#endPings !== null) return;
    const { clock, liveness, onDead } = this.#deps;
    this.#endPings = watchLiveness({
      clock,
      timing: liveness,
      ping: (deadlineMs) => engine.ping(deadlineMs),
      onDead,
    });
  }

  end(): void {
    this.met();
    this.#endPings?.();
    this.#endPings = null;
  }
}
