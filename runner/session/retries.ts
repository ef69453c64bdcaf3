import type { Clock } from '../clock.ts';
import { failuresInARow } from '../failures-in-a-row.ts';
import { planReconnect, type ReconnectPlan, type ReconnectTiming } from './reconnect-plan.ts';

/** Counts engines that failed in a row (failures-in-a-row.ts) and plans when the next one starts. */
export class Retries {
  readonly #deps: { clock: Clock; random: () => number; timing: ReconnectTiming };
  /** When each of them failed, monotonic ms. */
  #failures: readonly number[] = [];
  #startedAt: number | null = null;

  constructor(deps: { clock: Clock; random: () => number; timing: ReconnectTiming }) {
    this.#deps = deps;
  }

  /** An engine is about to start. */
  started(): void {
    this.#startedAt = this.#deps.clock.monotonic();
  }

  /** The engine, or its start, failed. */
  failed(): ReconnectPlan {
    const { clock, random, timing } = this.#deps;
    const at = clock.monotonic();
    const limit = { failures: timing.giveUpAfter, withinMs: timing.giveUpWithinMs };
    const ranMs = this.#startedAt === null ? 0 : at - this.#startedAt;
    this.#startedAt = null;
    this.#failures = failuresInARow(this.#failures, { at, ranMs }, limit);
    return planReconnect(this.#failures.length, timing, random);
  }

  /** Earlier failures no longer count. */
  forget(): void {
    this.#failures = [];
  }
}
