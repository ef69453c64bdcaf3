import type { Clock } from '../clock.ts';
import type { WhatsAppEngine } from '../engine/port.ts';
import { watchLiveness, type LivenessTiming } from './liveness.ts';
import { Timers } from './timers.ts';

type EngineWatchDeps = {
  clock: Clock;
  liveness: LivenessTiming;
  /** The engine makes no progress. Called once for each watch. */
  onDead: (detail: string) => void;
};

/** Notices an engine that makes no progress: it misses a deadline, or does not answer pings. */
export class EngineWatch {
  readonly #deps: EngineWatchDeps;
  readonly #timers: Timers<'deadline'>;
  #endPings: (() => void) | null = null;

  constructor(deps: EngineWatchDeps) {
    this.#deps = deps;
    this.#timers = new Timers(deps.clock);
  }

  /** Expects progress within `ms`; replaces the deadline before. */
  expect(ms: number, otherwise: string): void {
    this.#timers.set('deadline', ms, () => this.#deps.onDead(otherwise));
  }

  /** The progress was made. */
  met(): void {
    this.#timers.clear('deadline');
  }

  /** From here on the engine must answer pings. */
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
