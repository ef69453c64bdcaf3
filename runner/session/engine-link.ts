import type { Report } from '../../shared/protocol/runner-reports.ts';
import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { EngineEvent, EngineFactory, InboundFile, WhatsAppEngine } from '../engine/port.ts';
import type { Assignment } from '../../shared/protocol/leases.ts';
import type { Log } from '../log.ts';
import { EngineSlot } from './engine-slot.ts';
import { watchLiveness } from './liveness.ts';
import type { SessionFolder } from './profile.ts';
import { QrDesk } from './qr-desk.ts';
import { wantsEngine, type Signal } from './state.ts';
import { StatusBoard } from './status-board.ts';
import { Timers } from './timers.ts';
import type { SessionTiming } from './timing.ts';

export type EngineLinkDeps = {
  assignment: Assignment;
  bootId: string;
  clock: Clock;
  random: () => number;
  log: Log;
  engineFactory: EngineFactory;
  folder: SessionFolder;
  timing: SessionTiming;
  leaseIsCurrent: () => boolean;
  /** Runs a start when few enough others run. */
  startGate: (start: () => Promise<void>) => Promise<void>;
  say: (report: Report, file?: InboundFile) => void;
  /** Status or engine changed. */
  changed: () => void;
  /** No phone is linked: what is in doubt can never be looked up. */
  linkLost: () => void;
};

/** Keeps one engine running for a session as long as it is wanted, and turns what it says into status and reports. */
export class EngineLink {
  readonly board: StatusBoard;
  readonly qr: QrDesk;
  readonly #deps: EngineLinkDeps;
  readonly #slot: EngineSlot;
  readonly #timers: Timers<'retry' | 'watchdog' | 'stable'>;
  #started = false;
  #stopped = false;
  #fenced = false;
  #ready = false;
  #failedStarts = 0;
  #endLiveness: (() => void) | null = null;
  /** Work on the profile that must end before the next start. */
  #profileWork: Promise<unknown> = Promise.resolve();

  constructor(deps: EngineLinkDeps) {
    this.#deps = deps;
    const { clock, log, assignment, folder, say } = deps;
    const { sessionId, epoch, mode } = assignment;
    this.#timers = new Timers(clock);
    this.qr = new QrDesk(clock);
    const changed = (): void => {
      deps.changed();
      this.qr.wake();
    };
    this.board = new StatusBoard({ log, names: { sessionId, epoch }, say, changed });
    const options = {
      sessionId,
      mode,
      sandboxProfile: assignment.sandboxProfile ?? null,
      profileDir: folder.profileDir,
      filesDir: folder.filesDir,
    };
    this.#slot = new EngineSlot({
      clock,
      log,
      make: (emit) => deps.engineFactory(options, emit),
      onEvent: (event) => this.#onEvent(event),
      onStart: () => this.#onStart(),
    });
  }

  get engine(): WhatsAppEngine | null {
    return this.#slot.engine;
  }

  /** Whether an engine was started in this epoch. */
  get started(): boolean {
    return this.#started;
  }

  /** Brings an engine up, unless one is; not before the profile is ready, and not without the lease. */
  launch(): void {
    this.#timers.clear('retry');
    this.#start().catch((error: unknown) => this.#engineEnded('start_failed', String(error)));
  }

  /** Someone asks for the session although it rests: a logged-out or failed one comes up again. */
  demand(): void {
    const { status } = this.board;
    if ((status === 'logged_out' || status === 'failed') && this.#mayRun()) this.launch();
  }

  /** The lease is over: the engine dies before anything else happens. */
  fence(): void {
    if (this.#fenced) return;
    this.#fenced = true;
    this.#background(this.#slot.kill());
    this.#rest();
    this.#timers.clear('retry');
    this.board.apply('fenced');
    this.#deps.log.error('session.fenced', this.#names());
  }

  /** The lease is ours again. */
  unfence(): void {
    if (!this.#fenced || !this.#deps.leaseIsCurrent()) return;
    this.#fenced = false;
    if (this.#mayRun() && wantsEngine(this.board.status)) this.launch();
  }

  /** From here on no engine is started; one that runs goes on until `end`. */
  retire(): void {
    this.#stopped = true;
    this.#timers.clearAll();
    this.#endLiveness?.();
    this.qr.wake();
  }

  /** Ends the engine, at once or in order; resolves when nothing of it is left and the profile is at rest. */
  async end(how: 'kill' | 'stop'): Promise<void> {
    await (how === 'kill' ? this.#slot.kill() : this.#slot.close());
    await this.#profileWork;
  }

  async #start(): Promise<void> {
    const { bootId, folder, startGate, log, assignment } = this.#deps;
    const { epoch, lastStarted } = assignment;
    const profile = await this.#onProfile(async () =>
      this.#mayRun() ? folder.prepare({ epoch, bootId }, lastStarted) : null,
    );
    if (profile === null) return;
    if (profile.quarantined) log.warn('session.stale_profile_set_aside', this.#names());
    this.board.apply(profile.linked ? 'resume' : 'start');
    await startGate(() => this.#slot.open(() => this.#mayRun()));
  }

  #mayRun(): boolean {
    return !this.#stopped && !this.#fenced && this.#deps.leaseIsCurrent();
  }

  #onStart(): void {
    this.#started = true;
    this.#ready = false;
    this.#armWatchdog(this.#deps.timing.readyMs, 'the page did not come up');
  }

  #onEvent(event: EngineEvent): void {
    switch (event.type) {
      case 'qr':
        return this.#onQr(event);
      case 'authenticated':
        this.qr.clear();
        this.board.apply('authenticated');
        if (!this.#ready)
          this.#armWatchdog(this.#deps.timing.readyMs, 'authenticated, and never ready');
        return;
      case 'ready':
        return this.#onReady(event);
      case 'connection':
        return this.#onConnection(event.connected, event.detail);
      case 'logged_out':
        return this.#onUnlinked('logged_out', event.reason);
      case 'action_required':
        return this.board.apply('action_required', event.action);
      case 'fact':
        return this.#deps.say(event.fact, event.file);
      case 'closed':
        return this.#onClosed(event.reason, event.detail);
    }
  }

  #onQr({ qr, expiresAt }: Extract<EngineEvent, { type: 'qr' }>): void {
    this.#timers.clear('watchdog', 'stable');
    this.#ready = false;
    this.board.apply('qr');
    this.#deps.say({ kind: 'session.qr', qr, expiresAt });
    this.qr.show({ qr, expiresAt });
    this.#watchLiveness();
    this.#deps.linkLost();
  }

  #onReady({ me, webVersion }: Extract<EngineEvent, { type: 'ready' }>): void {
    const { timing, folder, bootId, assignment } = this.#deps;
    const { epoch } = assignment;
    this.#ready = true;
    this.qr.clear();
    this.#timers.clear('watchdog');
    this.#timers.set('stable', timing.stableMs, () => {
      this.#failedStarts = 0;
    });
    this.board.ready(me, webVersion);
    this.#watchLiveness();
    this.#background(this.#onProfile(() => folder.setLinked({ epoch, bootId }, true)));
  }

  #onConnection(connected: boolean, detail: string): void {
    // Before `ready` the page connects for the first time, which says nothing about being online.
    if (!this.#ready) return;
    this.board.apply(connected ? 'connection_restored' : 'connection_lost', detail);
    if (connected) this.#timers.clear('watchdog');
    else this.#armWatchdog(this.#deps.timing.reconnectMs, 'the page did not reconnect');
  }

  #onUnlinked(signal: 'logged_out' | 'unpaired', detail: string): void {
    this.board.unlinked(signal, detail);
    this.#rest();
    this.#deps.linkLost();
    const closed = this.#slot.close();
    // The library goes on with the same page after a logout and persists nothing then: only a new profile is good.
    this.#background(
      this.#onProfile(async () => {
        await closed;
        await this.#deps.folder.quarantine();
      }),
    );
  }

  #onClosed(reason: Extract<EngineEvent, { type: 'closed' }>['reason'], detail: string): void {
    if (reason === 'unpaired') return this.#onUnlinked('unpaired', detail);
    if (reason !== 'conflict')
      return this.#engineEnded(reason === 'start_failed' ? 'start_failed' : 'crashed', detail);
    this.board.apply('conflict', detail);
    this.#rest();
    this.#background(this.#slot.close());
  }

  /** The engine is of no more use and another is wanted: with growing pauses, so that a broken start costs little. */
  #engineEnded(
    signal: Extract<Signal, 'crashed' | 'start_failed' | 'unresponsive'>,
    detail: string,
  ): void {
    if (this.#stopped || this.#fenced) return;
    const { timing, random } = this.#deps;
    this.#background(this.#slot.kill());
    this.#rest();
    this.board.apply(signal, detail);
    this.#failedStarts += 1;
    const gaveUp = this.#failedStarts >= timing.giveUpAfter;
    if (gaveUp) this.board.apply('gave_up', detail);
    const { retry, slowRetryMs } = timing;
    const pause = gaveUp
      ? backoffMs(0, { baseMs: slowRetryMs, maxMs: slowRetryMs }, random)
      : backoffMs(this.#failedStarts - 1, retry, random);
    this.#timers.set('retry', pause, () => this.launch());
  }

  /** No engine from here on: ends what watched it. */
  #rest(): void {
    this.#timers.clear('watchdog', 'stable');
    this.#endLiveness?.();
    this.#endLiveness = null;
    this.#ready = false;
    this.qr.clear();
  }

  #armWatchdog(ms: number, detail: string): void {
    this.#timers.set('watchdog', ms, () => this.#engineEnded('unresponsive', detail));
  }

  #watchLiveness(): void {
    const engine = this.#slot.engine;
    if (engine === null || this.#endLiveness !== null) return;
    this.#endLiveness = watchLiveness({
      clock: this.#deps.clock,
      timing: this.#deps.timing.liveness,
      ping: (deadlineMs) => engine.ping(deadlineMs),
      onDead: (detail) => this.#engineEnded('unresponsive', detail),
    });
  }

  /** One piece of work on the profile at a time. */
  #onProfile<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#profileWork.then(work);
    this.#profileWork = done.catch(() => undefined);
    return done;
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) =>
      this.#deps.log.error('session.work_failed', { ...this.#names(), error }),
    );
  }

  #names(): { sessionId: string; epoch: number } {
    const { sessionId, epoch } = this.#deps.assignment;
    return { sessionId, epoch };
  }
}
