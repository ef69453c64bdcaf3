import type { EnginePairingCode, WhatsAppEngine } from '../engine/port.ts';
import { WorkLane } from '../work-lane.ts';
import type { Traffic } from '../../shared/protocol/leases.ts';
import { CredentialKeeper } from '../credentials/keeper.ts';
import type { EngineLinkDeps } from './engine-link-deps.ts';
import { EngineReactions } from './engine-reactions.ts';
import { EngineSlot } from './engine-slot.ts';
import { EngineWatch } from './engine-watch.ts';
import { PairingDesk } from './pairing-desk.ts';
import { QrDesk } from './qr-desk.ts';
import { Retries } from './retries.ts';
import { wantsEngine } from './state.ts';
import { StatusBoard } from './status-board.ts';

/** Keeps one engine running for a session as long as it is wanted, and turns what it says into status and reports. */
export class EngineLink {
  readonly board: StatusBoard;
  readonly qr: QrDesk;
  readonly #pairing: PairingDesk;
  readonly #deps: EngineLinkDeps;
  readonly #slot: EngineSlot;
  readonly #credentials: CredentialKeeper;
  readonly #retries: Retries;
  readonly #watch: EngineWatch;
  readonly #reactions: EngineReactions;
  #started = false;
  #comingUp = true;
  readonly #recorded = Promise.withResolvers<void>();
  #stopped = false;
  #fenced = false;
  #traffic: Traffic;
  /** Work on the profile, which must end before the next start. */
  readonly #profile = new WorkLane();

  constructor(deps: EngineLinkDeps) {
    this.#deps = deps;
    const { clock, log, assignment, folder, say } = deps;
    const { sessionId, epoch, mode } = assignment;
    const { timing } = deps;
    this.#retries = new Retries({ ...deps, launch: () => this.launch() });
    this.#watch = new EngineWatch({
      clock,
      liveness: timing.liveness,
      onDead: (detail) => this.#reactions.ended('unresponsive', detail),
    });
    this.qr = new QrDesk(clock);
    this.#pairing = new PairingDesk(clock);
    this.#traffic = assignment.traffic ?? { status: false, channels: false };
    const changed = (): void => {
      deps.changed();
      this.qr.wake();
      this.#credentials.look();
    };
    this.board = new StatusBoard({ log, names: { sessionId, epoch }, say, changed });
    this.#credentials = new CredentialKeeper({ ...deps, snapshots: deps.timing.snapshots }, () => {
      const { engine } = this.#slot;
      const { status, identity } = this.board;
      if (engine === null || identity === null || status !== 'online') return null;
      return { engine, phoneNumber: identity.phoneNumber };
    });
    this.#reactions = new EngineReactions({
      ...deps,
      board: this.board,
      qr: this.qr,
      pairing: this.#pairing,
      retries: this.#retries,
      credentials: this.#credentials,
      profile: this.#profile,
      slot: () => this.#slot,
      watch: () => this.#watch,
      over: () => this.#stopped || this.#fenced,
    });
    const options = {
      sessionId,
      engine: assignment.engine,
      mode,
      sandboxProfile: assignment.sandboxProfile ?? null,
      stateDir: folder.profileDir,
      filesDir: folder.filesDir,
      unreported: { file: folder.unreportedFile, epoch: assignment.epoch },
      proxy: assignment.proxy ?? null,
    };
    this.#slot = new EngineSlot({
      clock,
      log,
      make: (emit) => deps.engineFactory({ ...options, traffic: this.#traffic }, emit),
      onEvent: (event) => this.#reactions.on(event),
      onStart: () => this.#reactions.starting(),
    });
  }

  get engine(): WhatsAppEngine | null {
    return this.#slot.engine;
  }

  /** Whether an engine was started in this epoch, or is about to be. */
  get started(): boolean {
    return this.#started;
  }

  /** Its first engine of this epoch is still to come up: it takes one of the places for starts. */
  get comingUp(): boolean {
    return this.#comingUp && !this.#stopped;
  }

  /** Brings an engine up, unless one is; not before the profile is ready, and not without the lease. */
  launch(): void {
    this.#retries.cancel();
    this.#start().catch((error: unknown) => {
      this.#comingUp = false;
      this.#reactions.ended('start_failed', String(error));
    });
  }

  /** Someone asks for the session although it rests: a logged-out or failed one comes up again. */
  demand(): void {
    const { status } = this.board;
    if ((status === 'logged_out' || status === 'failed') && this.#mayRun()) this.launch();
  }

  /** What is taken in beside chats, from the next engine on. */
  setTraffic(traffic: Traffic): void {
    this.#traffic = traffic;
  }

  /** Another engine in the place of the one there is, which is closed in order. Does nothing where none may run. */
  async restart(signal: 'restart_requested' | 'memory', detail?: string): Promise<void> {
    if (!this.#mayRun()) return;
    this.#retries.cancel();
    this.#retries.forget();
    this.#reactions.rest();
    this.board.apply(signal, detail);
    await this.#slot.close();
    if (this.#mayRun()) this.launch();
  }

  /** Tries now what would be tried later, or takes the phone's new number for good. */
  async reconnect(acceptNumber: boolean): Promise<void> {
    const { board } = this;
    if (board.action === 'number_changed') {
      if (acceptNumber) this.#reactions.acceptNumber();
      return;
    }
    if (!this.#mayRun()) return;
    if (this.#retries.pending || !wantsEngine(board.status)) {
      this.#retries.forget();
      return this.launch();
    }
    if (board.status === 'reconnecting' && this.#reactions.ready)
      await this.restart('restart_requested');
  }

  /** Drops the link at WhatsApp, as far as it can be reached. @returns false when it could not be told */
  async logout(): Promise<boolean> {
    const engine = this.#slot.engine;
    const told = this.#reactions.ready || !this.#reactions.linked;
    this.#retries.cancel();
    try {
      await engine?.logout();
    } catch (error) {
      this.#deps.log.warn('session.logout_unclear', { ...this.#names(), error });
    }
    if (this.board.status !== 'logged_out') this.#reactions.unlinked('logged_out', 'requested');
    await this.end('stop');
    return told;
  }

  /** A code to type on the phone; null when the page was not there in time. A resting session comes up for it. */
  async pairingCode(phone: string, waitMs: number): Promise<EnginePairingCode | null> {
    this.demand();
    const isUp = (): boolean => this.board.status === 'qr' || this.board.status === 'pairing_code';
    const pointless = (): boolean => isUp() || this.board.status === 'online' || this.#stopped;
    if (!isUp()) await this.qr.wait(waitMs, pointless);
    if (this.board.status === 'online') return { outcome: 'already_linked' };
    return isUp() ? this.#pairing.ask(phone, () => this.#slot.engine) : null;
  }

  /** The lease is over: the engine dies before anything else happens. */
  fence(): void {
    if (this.#fenced) return;
    this.#fenced = true;
    this.#background(this.#slot.kill());
    this.#reactions.rest();
    this.#retries.cancel();
    this.board.apply('fenced');
    this.#deps.log.error('session.fenced', this.#names());
  }

  /** The lease is ours again. */
  unfence(): void {
    if (!this.#fenced || !this.#deps.leaseIsCurrent()) return;
    this.#fenced = false;
    if (this.#mayRun() && wantsEngine(this.board.status)) this.launch();
  }

  /** The edge has it on record that an engine is started in this epoch: from here on one may be. */
  startRecorded(): void {
    this.#recorded.resolve();
  }

  /** From here on no engine is started; one that runs goes on until `end`. */
  retire(): void {
    this.#stopped = true;
    this.#credentials.retire();
    this.#retries.cancel();
    this.#retries.offline();
    this.#watch.end();
    this.qr.wake();
  }

  /** Ends the engine, at once or in order; resolves when nothing of it is left and the profile is at rest. */
  async end(how: 'kill' | 'stop'): Promise<void> {
    if (how === 'kill') this.#credentials.hurry();
    await (how === 'kill' ? this.#slot.kill() : this.#slot.close());
    await this.#profile.idle();
    if (this.#stopped && how === 'stop') await this.#credentials.atRest();
  }

  async #start(): Promise<void> {
    const { startGate, log } = this.#deps;
    const profile = await this.#profile.run(async () =>
      this.#mayRun() ? this.#credentials.prepare() : null,
    );
    if (profile === null) return;
    if (profile.quarantined) log.warn('session.stale_profile_set_aside', this.#names());
    this.#reactions.linked = profile.linked;
    this.board.apply(profile.linked ? 'resume' : 'start', profile.lost ?? undefined);
    // Whoever comes after us must know that our profile is newer than theirs, even if we die the next moment.
    if (!this.#started) {
      this.#started = true;
      this.#deps.requestHeartbeat();
    }
    await this.#recorded.promise;
    try {
      await startGate(async () => {
        log.info('engine.starting', this.#names());
        await this.#slot.open(() => this.#mayRun());
        log.info('engine.started', this.#names());
      });
    } finally {
      this.#comingUp = false;
      this.#deps.cameUp();
    }
  }

  #mayRun(): boolean {
    return !this.#stopped && !this.#fenced && this.#deps.leaseIsCurrent();
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
