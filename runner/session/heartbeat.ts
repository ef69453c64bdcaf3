import type { HeartbeatRequest, HeartbeatResponse } from '../../shared/protocol/leases.ts';
import { backoffMs } from '../backoff.ts';
import { sleep, type Clock } from '../clock.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { Log } from '../log.ts';

export type HeartbeatDeps = {
  edge: Pick<EdgeClient, 'heartbeat'>;
  clock: Clock;
  random: () => number;
  log: Log;
  request: () => HeartbeatRequest;
  /** Everything the answer says, and what it answers: `sentAt` is monotonic. */
  apply: (answer: HeartbeatResponse, sentAt: number, request: HeartbeatRequest) => void;
  everyMs: number;
};

/** Tells the edge every `everyMs`, or at once when asked, that this runner lives and what it holds; never two at a time. */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  readonly #stopping = new AbortController();
  #hurry = new AbortController();
  #failures = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** The next heartbeat goes now, or right after the one that is under way. */
  trigger(): void {
    this.#hurry.abort();
  }

  /** Ends the loop; then `last` is sent once, best effort: the final word of a runner that drains. */
  async stop(last: () => HeartbeatRequest): Promise<void> {
    this.#stopping.abort();
    this.#hurry.abort();
    await this.#running;
    try {
      await this.#deps.edge.heartbeat(last());
    } catch (error) {
      this.#deps.log.warn('heartbeat.last_failed', { error });
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // A trigger that comes while a heartbeat is under way must cause another.
      this.#hurry = new AbortController();
      const { clock, random, everyMs } = this.#deps;
      const began = clock.monotonic();
      const pause = (await this.#once())
        ? everyMs - (clock.monotonic() - began)
        : backoffMs(this.#failures++, { baseMs: everyMs / 5, maxMs: everyMs }, random);
      if (!this.#stopping.signal.aborted) await sleep(this.#deps.clock, pause, this.#hurry.signal);
    }
  }

  async #once(): Promise<boolean> {
    const { edge, clock, log, request, apply } = this.#deps;
    const sentAt = clock.monotonic();
    try {
      const asked = request();
      apply(await edge.heartbeat(asked), sentAt, asked);
      this.#failures = 0;
      return true;
    } catch (error) {
      log.warn('heartbeat.failed', { failures: this.#failures + 1, error });
      return false;
    }
  }
}
