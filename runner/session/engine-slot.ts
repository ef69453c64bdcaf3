import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import type { EngineEvent, WhatsAppEngine } from '../engine/port.ts';
import type { Log } from '../log.ts';
import { WorkLane } from '../work-lane.ts';

const STOP_DEADLINE_MS = 25_000;
const REAP_DEADLINE_MS = 10_000;

type Handle = {
  engine: WhatsAppEngine;
  phase: 'running' | 'closing' | 'gone';
  released: PromiseWithResolvers<void>;
};

type EngineSlotDeps = {
  clock: Clock;
  log: Log;
  make: (emit: (event: EngineEvent) => void) => WhatsAppEngine;
  onEvent: (event: EngineEvent) => void;
  /** An engine is about to start. */
  onStart: () => void;
};

/**
 * Holds at most one engine. Opening and closing wait for each other, so two never run on one profile. Later events of
 * an earlier engine are ignored, except facts, which are true all the same.
 */
export class EngineSlot {
  readonly #deps: EngineSlotDeps;
  #handle: Handle | null = null;
  /** Being closed in order, which a kill cuts short. */
  #closing: Handle | null = null;
  readonly #lane = new WorkLane();

  constructor(deps: EngineSlotDeps) {
    this.#deps = deps;
  }

  get engine(): WhatsAppEngine | null {
    return this.#handle?.engine ?? null;
  }

  /** Makes and starts an engine once the one before is gone, if `stillWanted` then. A failed start comes as `closed`. */
  open(stillWanted: () => boolean): Promise<void> {
    return this.#lane.run(async () => {
      if (this.#handle !== null || !stillWanted()) return;
      const handle = this.#make();
      this.#handle = handle;
      try {
        this.#deps.onStart();
        await Promise.race([handle.engine.start(), handle.released.promise]);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        if (this.#handle === handle)
          this.#deps.onEvent({ type: 'closed', reason: 'start_failed', detail });
      }
    });
  }

  /** Closes the engine in order; resolves when nothing of it is left. */
  close(): Promise<void> {
    const handle = this.#release('closing');
    if (handle !== null) this.#closing = handle;
    return this.#lane.run(async () => {
      if (handle === null) return;
      const stopped = await this.#attempt('stop', STOP_DEADLINE_MS, () => handle.engine.stop());
      handle.phase = 'gone';
      if (!stopped) await this.#reap(handle);
      if (this.#closing === handle) this.#closing = null;
    });
  }

  /** Ends the engine this instant, whatever it is doing. Resolves when nothing of it is left. */
  kill(): Promise<void> {
    const handle = this.#release('gone');
    handle?.engine.kill();
    this.#closing?.engine.kill();
    return this.#lane.run(async () => {
      if (handle !== null) await this.#reap(handle);
    });
  }

  #make(): Handle {
    const emit = (event: EngineEvent): void => {
      if (handle.phase === 'running' || event.type === 'fact') this.#deps.onEvent(event);
    };
    const handle: Handle = {
      engine: this.#deps.make(emit),
      phase: 'running',
      released: Promise.withResolvers(),
    };
    return handle;
  }

  #release(phase: 'closing' | 'gone'): Handle | null {
    const handle = this.#handle;
    if (handle === null) return null;
    this.#handle = null;
    handle.phase = phase;
    // A start that hangs must not hold up the lane.
    handle.released.resolve();
    return handle;
  }

  async #reap(handle: Handle): Promise<void> {
    handle.engine.kill();
    await this.#attempt('reap', REAP_DEADLINE_MS, () => handle.engine.stop());
  }

  async #attempt(what: string, deadlineMs: number, work: () => Promise<void>): Promise<boolean> {
    try {
      await withDeadline(work(), deadlineMs, what, this.#deps.clock);
      return true;
    } catch (error) {
      this.#deps.log.warn('engine.close_failed', { what, error });
      return false;
    }
  }
}
