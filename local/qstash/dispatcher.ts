import { attemptDelivery } from './attempt.ts';
import type { Clock } from './clock.ts';
import { decideFlow } from './flow-limits.ts';
import type { RateWindow } from './flow-limits.ts';
import type { Log } from '../http.ts';
import type { Excluded } from './message-table.ts';
import type { Message } from './message.ts';
import { settleAttempt } from './settle.ts';
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
  readonly #inFlight = new Map<string, { flowKey: string | undefined; done: Promise<void> }>();
  readonly #windows = new Map<string, RateWindow & { closesAt: number }>();
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
      log({ level: 'error', event: 'qstash.pump_failed', error: String(error) });
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
    for (const [key, window] of this.#windows) {
      if (window.closesAt <= now) this.#windows.delete(key);
    }
    const closedKeys = new Set<string>();
    const excluded = (): Excluded => ({ ids: this.#inFlight.keys(), flowKeys: closedKeys });
    let wakeAt = Number.POSITIVE_INFINITY;
    while (this.#inFlight.size < MAX_IN_FLIGHT) {
      const message = store.messages.firstDue(now, excluded());
      if (message === undefined) {
        const next = store.messages.nextDueAt(excluded());
        return Math.min(wakeAt, next ?? Number.POSITIVE_INFINITY);
      }
      const reopensAt = this.#admit(message, now);
      if (reopensAt === 'admitted') this.#start(message);
      else {
        closedKeys.add(message.spec.flowControl?.key ?? '');
        wakeAt = Math.min(wakeAt, reopensAt ?? Number.POSITIVE_INFINITY);
      }
    }
    return wakeAt;
  }

  #admit(message: Message, now: number): 'admitted' | number | undefined {
    const flow = message.spec.flowControl;
    if (flow === null) return 'admitted';
    let inFlight = 0;
    for (const flight of this.#inFlight.values()) if (flight.flowKey === flow.key) inFlight += 1;
    const decision = decideFlow(flow, inFlight, this.#windows.get(flow.key), now);
    if (!decision.allow) return decision.reopensAt;
    const { window } = decision;
    this.#windows.set(flow.key, { ...window, closesAt: window.openedAt + flow.periodMs });
    return 'admitted';
  }

  #start(message: Message): void {
    const done = this.#deliver(message).finally(() => {
      this.#inFlight.delete(message.id);
      this.wake();
    });
    this.#inFlight.set(message.id, { flowKey: message.spec.flowControl?.key, done });
  }

  /** Never rejects: what goes wrong is logged, and the message stays due. */
  async #deliver(message: Message): Promise<void> {
    const { store, clock, log, signingKey } = this.#deps;
    const startedAt = clock.now();
    const result = await attemptDelivery(message, signingKey, startedAt, this.#abort.signal);
    if (this.#abort.signal.aborted && result.kind === 'error') return;
    try {
      settleAttempt(store, message, result, { startedAt, now: clock.now() });
    } catch (error) {
      log({
        level: 'error',
        event: 'qstash.outcome_not_written',
        messageId: message.id,
        error: String(error),
      });
      if (this.#stopped) return;
      await new Promise<void>((resolve) => {
        clock.after(UNWRITTEN_PAUSE_MS, resolve);
        this.#abort.signal.addEventListener('abort', () => resolve());
      });
    }
  }
}
