import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { Clock } from '../clock.ts';
import type { Prepared } from './session-folder.ts';
import type { EngineEvent, WhatsAppEngine } from '../engine/port.ts';
import type { Log } from '../log.ts';
import { EngineLauncher } from './engine-launcher.ts';
import { nextPhase, pageOf, withPage, type Page, type Phase, type Step } from './engine-phase.ts';
import { EngineSlot } from './engine-slot.ts';
import { EngineWatch } from './engine-watch.ts';
import { Retries } from './retries.ts';
import { wantsEngine } from './state.ts';
import type { StatusBoard } from './status-board.ts';
import { Timers } from './timers.ts';
import type { SessionTiming } from './timing.ts';

const REASON_LENGTH = 200;

type EngineLifecycleDeps = {
  names: { sessionId: string; epoch: number };
  clock: Clock;
  random: () => number;
  log: Log;
  timing: SessionTiming;
  board: StatusBoard;
  make: (emit: (event: EngineEvent) => void) => WhatsAppEngine;
  /** Makes the profile ready for an engine. */
  prepare: () => Promise<Prepared>;
  leaseIsCurrent: () => boolean;
  /** Runs a start when few enough others run. */
  startGate: (start: () => Promise<void>) => Promise<void>;
  /** A start has ended, and its place is free for another session. */
  cameUp: () => void;
  requestHeartbeat: () => void;
  say: (report: Report) => void;
  /** An engine is about to start. */
  onStart: () => void;
  onEvent: (event: EngineEvent) => void;
  /** The last engine has ended. */
  onGone: () => void;
};

/**
 * Keeps one engine running for as long as one is wanted and the lease allows it. `#phase` (engine-phase.ts) is what it does
 * about that now; what an engine's events mean is not its business (phone-link.ts).
 */
export class EngineLifecycle {
  readonly #deps: EngineLifecycleDeps;
  readonly #slot: EngineSlot;
  readonly #launcher: EngineLauncher;
  readonly #retries: Retries;
  readonly #watch: EngineWatch;
  readonly #timers: Timers<'retry' | 'stable'>;
  #phase: Phase = { name: 'resting' };

  constructor(deps: EngineLifecycleDeps) {
    this.#deps = deps;
    const { clock, log, random, timing, make, onEvent } = deps;
    this.#timers = new Timers(clock);
    this.#retries = new Retries({ clock, random, timing });
    this.#watch = new EngineWatch({
      clock,
      liveness: timing.liveness,
      onDead: (detail) => this.failed('unresponsive', detail),
    });
    this.#slot = new EngineSlot({ clock, log, make, onEvent, onStart: () => this.#opened() });
    this.#launcher = new EngineLauncher({ ...deps, slot: this.#slot });
  }

  get engine(): WhatsAppEngine | null {
    return this.#slot.engine;
  }

  /** How far the engine's page has come; null when no engine runs. */
  get page(): Page | null {
    return pageOf(this.#phase);
  }

  get ending(): boolean {
    return this.#phase.name === 'ending';
  }

  /** Whether an engine was started in this epoch, or is about to be. */
  get started(): boolean {
    return this.#launcher.started;
  }

  /** Its first engine of this epoch is still to come up: it takes one of the places for starts. */
  get comingUp(): boolean {
    return this.#launcher.comingUp && !this.ending;
  }

  /** The edge has it on record that an engine is started in this epoch: from here on one may be. */
  startRecorded(): void {
    this.#launcher.startRecorded();
  }

  /** Brings an engine up, unless there is one or none may start. */
  launch(): void {
    if (!this.#step('launch')) return;
    const attempt = this.#phase;
    const isCurrent = (): boolean => this.#phase === attempt;
    const failed = (detail: string): void => {
      if (isCurrent()) this.failed('start_failed', detail);
    };
    this.#launcher
      .launch(
        () => isCurrent() && this.#deps.leaseIsCurrent(),
        ({ linked, lost }) => this.#deps.board.starts(linked, lost),
      )
      .then(
        () => failed('the lease was over'),
        (error: unknown) => failed(String(error)),
      );
  }

  /** Brings a session up that rests, since a caller needs it. */
  demand(): void {
    const { board, leaseIsCurrent } = this.#deps;
    const rests = board.status === 'logged_out' || board.status === 'failed';
    if (rests && leaseIsCurrent()) this.launch();
  }

  /** Closes the engine in order and starts another. Does nothing where none may run. */
  async restart(signal: 'restart_requested' | 'memory', detail?: string): Promise<void> {
    if (!this.#deps.leaseIsCurrent() || !this.#step('replace')) return;
    this.#retries.forget();
    this.#deps.board.apply(signal, detail);
    await this.#slot.close();
    if (this.#phase.name === 'replacing') this.launch();
  }

  /** Tries now what would be tried later. */
  async reconnect(): Promise<void> {
    const { board, leaseIsCurrent } = this.#deps;
    if (!leaseIsCurrent()) return;
    if (this.#phase.name === 'retrying' || !wantsEngine(board.status)) {
      this.#retries.forget();
      this.launch();
    } else if (board.status === 'reconnecting' && this.page === 'ready')
      await this.restart('restart_requested');
  }

  /** The lease is over: the engine dies before anything else happens. */
  fence(): void {
    if (!this.#step('fence')) return;
    this.#background(this.#slot.kill());
    this.#deps.board.apply('fenced');
    this.#deps.log.error('session.fenced', this.#deps.names);
  }

  /** The lease is this runner's again. */
  unfence(): void {
    if (!this.#deps.leaseIsCurrent() || !this.#step('unfence')) return;
    if (wantsEngine(this.#deps.board.status)) this.launch();
  }

  /** From here on no engine is started; one that runs goes on until `end`. */
  retire(): void {
    this.#step('retire');
  }

  /** Closes the engine in order, and starts none by itself. Resolves when nothing of it is left. */
  rest(): Promise<void> {
    this.#step('rest');
    return this.#slot.close();
  }

  /** Ends the engine, at once or in order; resolves when nothing of it is left and the profile is at rest. */
  async end(how: 'kill' | 'stop'): Promise<void> {
    this.#step('rest');
    await (how === 'kill' ? this.#slot.kill() : this.#slot.close());
    await this.#launcher.profile.idle();
  }

  /** The engine cannot be used any longer. Starts another after a pause that grows, so that a broken start costs little. */
  failed(signal: 'crashed' | 'start_failed' | 'unresponsive', detail: string): void {
    if (!this.#step('fail')) return;
    const { board, clock, say } = this.#deps;
    this.#background(this.#slot.kill());
    board.apply(signal, detail);
    const { attempt, delayMs, gaveUp } = this.#retries.failed();
    this.#timers.set('retry', delayMs, () => this.launch());
    const nextAt = Math.round(clock.now()) + delayMs;
    const reason = `${signal}: ${detail.slice(0, REASON_LENGTH)}`;
    say({ kind: 'session.reconnect', attempt, delayMs, nextAt, reason });
    if (gaveUp) board.apply('crash_loop', detail);
  }

  /** The engine's page has come to `page`, which meets what was expected of it. */
  progress(page: Page): void {
    const { timing } = this.#deps;
    this.#phase = withPage(this.#phase, page);
    this.#watch.met();
    this.#timers.clear('stable');
    if (this.#phase.name !== 'running') return;
    if (page === 'loading') this.#watch.expect(timing.readyMs, 'authenticated, and never ready');
    else this.#watch.ping(this.engine);
    if (page === 'ready') this.#timers.set('stable', timing.stableMs, () => this.#retries.forget());
  }

  /** The page lost its connection, which it restores by itself, or has it again. */
  connection(connected: boolean): void {
    if (connected) this.#watch.met();
    else if (this.#phase.name === 'running')
      this.#watch.expect(this.#deps.timing.reconnectMs, 'the page did not reconnect');
  }

  /** Changes the profile, or its marker, before the next engine starts on it. */
  onProfile(work: () => Promise<void>): void {
    this.#background(this.#launcher.profile.run(work));
  }

  #opened(): void {
    this.#step('open');
    this.#retries.started();
    this.#deps.onStart();
    this.#watch.expect(this.#deps.timing.readyMs, 'the page did not come up');
  }

  /** Takes a step, if the phase allows it. What the phase before was waiting for ends with it. */
  #step(step: Step): boolean {
    const next = nextPhase(this.#phase, step);
    if (next === null) return false;
    this.#phase = next;
    this.#timers.clearAll();
    this.#watch.end();
    if (this.page === null) this.#deps.onGone();
    return true;
  }

  #background(work: Promise<void>): void {
    const { log, names } = this.#deps;
    work.catch((error: unknown) => log.error('session.work_failed', { ...names, error }));
  }
}
