import { type Log, reasonOf } from '../log.ts';
import { type AttemptResult, attemptDelivery } from './attempt.ts';
import type { Clock } from './clock.ts';
import type { Excluded } from './message-table.ts';
import type { Message } from './message.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { Store } from './store.ts';

/** So many that the slow receivers of a few keys leave places for the others. */
const MAX_IN_FLIGHT = 256;
/** The longest sleep: a suspended machine's clock jumps without its timers noticing. */
const MAX_SLEEP_MS = 30_000;
/** When an outcome could not be written (disk full), the message is sent again, but not in a tight loop. */
const UNWRITTEN_PAUSE_MS = 5_000;
const PRUNE_EVERY_MS = 3_600_000;

type Deps = { store: Store; clock: Clock; log: Log; signingKey: string };

/**
 * Delivers messages when they fall due. Which are under way is known only here, in memory: after a crash
 * all of them are simply due again, which is what at-least-once means.
 */
export class Dispatcher {
  readonly #deps: Deps;
  readonly #inFlight = new Map<string, { flowKey: string; done: Promise<void> }>();
  readonly #abort = new AbortController();
  #cancelTimer: () => void = () => undefined;
  #pumpQueued = false;
  #stopped = false;
  #prunedAt = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** To be called whenever something may be due: at start, after a publish, when an attempt ends. */
  wake(): void {
    if (this.#pumpQueued || this.#stopped) return;
    this.#pumpQueued = true;
    setImmediate(() => {
      this.#pumpQueued = false;
      if (!this.#stopped) this.#pump();
    });
  }

  /** Lets attempts under way end for `graceMs`, then aborts them: those stay due. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    const ended = Promise.all([...this.#inFlight.values()].map((flight) => flight.done));
    const abort = setTimeout(() => this.#abort.abort(new Error('shutting down')), graceMs);
    await ended;
    clearTimeout(abort);
  }

  #pump(): void {
    const { clock, log } = this.#deps;
    this.#cancelTimer();
    let wakeAt = clock.now() + MAX_SLEEP_MS;
    try {
      wakeAt = Math.min(wakeAt, this.#startWhatIsDue());
    } catch (error) {
      log('error', 'pump_failed', { reason: reasonOf(error) });
      wakeAt = clock.now() + UNWRITTEN_PAUSE_MS;
    }
    this.#cancelTimer = clock.after(Math.max(1, wakeAt - clock.now()), () => this.#pump());
  }

  /** Returns when to look again (unix ms), if nothing else wakes us before. */
  #startWhatIsDue(): number {
    const { store, clock } = this.#deps;
    const now = clock.now();
    if (now - this.#prunedAt >= PRUNE_EVERY_MS) {
      store.prune(now);
      this.#prunedAt = now;
    }
    const fullKeys = new Set<string>();
    const excluded = (): Excluded => ({ ids: this.#inFlight.keys(), flowKeys: fullKeys });
    while (this.#inFlight.size < MAX_IN_FLIGHT) {
      const message = store.messages.firstDue(now, excluded());
      if (message === undefined)
        return store.messages.nextDueAt(excluded()) ?? Number.POSITIVE_INFINITY;
      const { key, parallelism } = message.spec.flowControl;
      const flights = [...this.#inFlight.values()].filter(({ flowKey }) => flowKey === key);
      if (flights.length < parallelism) this.#start(message);
      // Until one of its deliveries has ended, which wakes us.
      else fullKeys.add(key);
    }
    return Number.POSITIVE_INFINITY;
  }

  #start(message: Message): void {
    const done = this.#deliver(message).finally(() => {
      this.#inFlight.delete(message.id);
      this.wake();
    });
    this.#inFlight.set(message.id, { flowKey: message.spec.flowControl.key, done });
  }

  /** Never rejects: what goes wrong is logged, and the message stays due. */
  async #deliver(message: Message): Promise<void> {
    const { clock, log, signingKey } = this.#deps;
    const result = await attemptDelivery(message, signingKey, clock.now(), this.#abort.signal);
    if (this.#abort.signal.aborted && result.kind === 'error') return;
    try {
      this.#settle(message, result);
    } catch (error) {
      log('error', 'outcome_not_written', { messageId: message.id, reason: reasonOf(error) });
      if (this.#stopped) return;
      await new Promise<void>((resolve) => {
        clock.after(UNWRITTEN_PAUSE_MS, resolve);
        this.#abort.signal.addEventListener('abort', () => resolve());
      });
    }
  }

  /** A 2xx is the end; anything else is tried again until the retries are used up. */
  #settle({ id, spec, retried }: Message, result: AttemptResult): void {
    const { store, clock } = this.#deps;
    const { url, maxRetries, retryDelay } = spec;
    const now = clock.now();
    const [error, retryAfter] =
      result.kind === 'response'
        ? [`HTTP status ${result.status}`, result.retryAfter]
        : [result.message, undefined];
    const delivered = result.kind === 'response' && result.status >= 200 && result.status < 300;
    store.transaction(() => {
      if (delivered || retried >= maxRetries) {
        store.messages.remove(id);
        if (delivered) store.events.add(now, 'DELIVERED', { id, url });
        else store.events.add(now, 'FAILED', { id, url }, { error });
        return;
      }
      const nextAt = now + retryDelayMs(retryDelay, retried, retryAfter);
      store.messages.retryAt(id, nextAt);
      store.events.add(now, 'RETRY', { id, url }, { error, nextAt });
    });
  }
}
