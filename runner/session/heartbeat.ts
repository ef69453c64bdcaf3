import type { HeartbeatRequest, HeartbeatResponse } from '../../shared/protocol/leases.ts';
import { backoffMs } from '../backoff.ts';
import { sleep, type Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { Log } from '../log.ts';
import { shouldLogFailure } from '../log-sampling.ts';

/** How far the two clocks may diverge during one heartbeat without the machine having slept. */
const SLEPT_MS = 2_000;

type HeartbeatDeps = {
  edge: Pick<EdgeClient, 'heartbeat'>;
  clock: Clock;
  random: () => number;
  log: Log;
  request: () => HeartbeatRequest;
  /** Carries out an answer to `request`, which was sent at `sentAt` (monotonic ms). */
  apply: (answer: HeartbeatResponse, sentAt: number, request: HeartbeatRequest) => void;
  everyMs: number;
  /** One had no answer in time. */
  failed: () => void;
  /** The edge answers again. */
  recovered: () => void;
};

/** The share of `everyMs` that an answer may take before the next heartbeat is planned without it. */
const PATIENCE = 0.8;

/**
 * Reports to the edge every `everyMs`, or at once when asked, that this runner is alive and what it holds. One at a time,
 * unless the edge is slow: a late answer still renews, so a busy edge costs no session its browser. Overtaken answers are dropped.
 */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  readonly #stopping = new AbortController();
  #hurry = new AbortController();
  #failures = 0;
  #sent = 0;
  #newestAnswered = 0;
  #answeredAt: number | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
  }

  /** Since the last answer; null before the first. */
  get answerAgeMs(): number | null {
    return this.#answeredAt === null ? null : this.#deps.clock.monotonic() - this.#answeredAt;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** The next heartbeat goes now, or right after the one that is under way. */
  trigger(): void {
    this.#hurry.abort();
  }

  /** Ends the loop and sends `last` once, best effort: the final heartbeat of a runner that drains. */
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
    const { edge, clock, log, request, everyMs } = this.#deps;
    const sentAt = clock.monotonic();
    const sentOn = clock.now();
    const number = ++this.#sent;
    try {
      const asked = request();
      const answered = edge.heartbeat(asked).then((answer) => {
        // The renewed leases may be over: the monotonic clock does not count the time asleep.
        if (clock.now() - sentOn - (clock.monotonic() - sentAt) > SLEPT_MS)
          throw new Error('the machine slept before the answer came');
        this.#take(number, () => this.#deps.apply(answer, sentAt, asked));
      });
      await withDeadline(answered, everyMs * PATIENCE, 'the answer to a heartbeat', clock);
      return true;
    } catch (error) {
      const failures = this.#failures + 1;
      this.#deps.failed();
      if (shouldLogFailure(failures)) log.warn('heartbeat.failed', { failures, error });
      return false;
    }
  }

  #take(number: number, apply: () => void): void {
    if (number < this.#newestAnswered) return;
    this.#newestAnswered = number;
    if (this.#failures > 0) this.#deps.recovered();
    this.#failures = 0;
    this.#answeredAt = this.#deps.clock.monotonic();
    apply();
  }
}
