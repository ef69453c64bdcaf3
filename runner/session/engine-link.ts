import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { Clock } from '../clock.ts';
import type {
  EngineEvent,
  EngineFactory,
  EnginePairingCode,
  InboundFile,
  WhatsAppEngine,
} from '../engine/port.ts';
import type { Assignment, Traffic } from '../../shared/protocol/leases.ts';
import { CredentialKeeper, type KeeperDeps } from '../credentials/keeper.ts';
import type { Log } from '../log.ts';
import { EngineSlot } from './engine-slot.ts';
import { EngineWatch } from './engine-watch.ts';
import { PairingDesk } from './pairing-desk.ts';
import type { SessionFolder } from './profile.ts';
import { QrDesk } from './qr-desk.ts';
import { Retries } from './retries.ts';
import { wantsEngine, type Signal } from './state.ts';
import { StatusBoard } from './status-board.ts';
import type { SessionTiming } from './timing.ts';

const REASON_LENGTH = 200;

export type EngineLinkDeps = Omit<KeeperDeps, 'snapshots'> & {
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
  requestHeartbeat: () => void;
  /** No phone is linked: what is in doubt can never be looked up. */
  linkLost: () => void;
};

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
  #started = false;
  #comingUp = true;
  readonly #recorded = Promise.withResolvers<void>();
  #stopped = false;
  #fenced = false;
  #ready = false;
  #linked = false;
  /** The number that this session is known by; another one needs the user's word. */
  #number: string | null;
  #traffic: Traffic;
  /** Work on the profile that must end before the next start. */
  #profileWork: Promise<unknown> = Promise.resolve();

  constructor(deps: EngineLinkDeps) {
    this.#deps = deps;
    const { clock, log, assignment, folder, say } = deps;
    const { sessionId, epoch, mode } = assignment;
    const { timing } = deps;
    this.#retries = new Retries({ ...deps, launch: () => this.launch() });
    this.#watch = new EngineWatch({
      clock,
      liveness: timing.liveness,
      onDead: (detail) => this.#engineEnded('unresponsive', detail),
    });
    this.qr = new QrDesk(clock);
    this.#pairing = new PairingDesk(clock);
    this.#number = assignment.phoneNumber ?? null;
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
    const options = {
      sessionId,
      mode,
      sandboxProfile: assignment.sandboxProfile ?? null,
      profileDir: folder.profileDir,
      filesDir: folder.filesDir,
      proxy: assignment.proxy ?? null,
    };
    this.#slot = new EngineSlot({
      clock,
      log,
      make: (emit) => deps.engineFactory({ ...options, traffic: this.#traffic }, emit),
      onEvent: (event) => this.#onEvent(event),
      onStart: () => this.#onStart(),
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
      this.#engineEnded('start_failed', String(error));
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
    this.#rest();
    this.board.apply(signal, detail);
    await this.#slot.close();
    if (this.#mayRun()) this.launch();
  }

  /** Tries now what would be tried later, or takes the phone's new number for good. */
  async reconnect(acceptNumber: boolean): Promise<void> {
    const { board } = this;
    const { identity } = board;
    if (board.action === 'number_changed') {
      if (!acceptNumber || identity === null) return;
      this.#number = identity.phoneNumber;
      if (this.#ready) board.ready(identity, board.webVersion);
      return;
    }
    if (!this.#mayRun()) return;
    if (this.#retries.pending || !wantsEngine(board.status)) {
      this.#retries.forget();
      return this.launch();
    }
    if (board.status === 'reconnecting' && this.#ready) await this.restart('restart_requested');
  }

  /** Drops the link at WhatsApp, as far as it can be reached. @returns false when it could not be told */
  async logout(): Promise<boolean> {
    const engine = this.#slot.engine;
    const told = this.#ready || !this.#linked;
    this.#retries.cancel();
    try {
      await engine?.logout();
    } catch (error) {
      this.#deps.log.warn('session.logout_unclear', { ...this.#names(), error });
    }
    if (this.board.status !== 'logged_out') this.#onUnlinked('logged_out', 'requested');
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
    this.#rest();
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
    await this.#profileWork;
    if (this.#stopped && how === 'stop') await this.#credentials.atRest();
  }

  async #start(): Promise<void> {
    const { startGate, log } = this.#deps;
    const profile = await this.#onProfile(async () =>
      this.#mayRun() ? this.#credentials.prepare() : null,
    );
    if (profile === null) return;
    if (profile.quarantined) log.warn('session.stale_profile_set_aside', this.#names());
    this.#linked = profile.linked;
    this.board.apply(profile.linked ? 'resume' : 'start', profile.lost ?? undefined);
    // Whoever comes after us must know that our profile is newer than theirs, even if we die the next moment.
    if (!this.#started) {
      this.#started = true;
      this.#deps.requestHeartbeat();
    }
    await this.#recorded.promise;
    try {
      await startGate(() => this.#slot.open(() => this.#mayRun()));
    } finally {
      this.#comingUp = false;
    }
  }

  #mayRun(): boolean {
    return !this.#stopped && !this.#fenced && this.#deps.leaseIsCurrent();
  }

  #onStart(): void {
    this.#ready = false;
    this.#credentials.engineStarts();
    this.#watch.expect(this.#deps.timing.readyMs, 'the page did not come up');
  }

  #onEvent(event: EngineEvent): void {
    switch (event.type) {
      case 'qr':
        return this.#onQr(event);
      case 'pairing_code':
        return this.#onPairingCode(event);
      case 'authenticated':
        this.qr.clear();
        this.#pairing.clear();
        this.board.apply('authenticated');
        if (!this.#ready)
          this.#watch.expect(this.#deps.timing.readyMs, 'authenticated, and never ready');
        return;
      case 'ready':
        return this.#onReady(event);
      case 'connection':
        return this.#onConnection(event.connected, event.detail);
      case 'logged_out':
        return this.#onUnlinked('logged_out', event.reason);
      case 'action_required':
        return this.board.needsPerson(event.action);
      case 'fact':
        return this.#deps.say(event.fact, event.file);
      case 'closed':
        return this.#onClosed(event.reason, event.detail);
    }
  }

  #onQr({ qr, expiresAt }: Extract<EngineEvent, { type: 'qr' }>): void {
    this.#watch.met();
    this.#retries.offline();
    this.#ready = false;
    this.#linked = false;
    this.#credentials.unregistered();
    // The page goes on changing its QR code while a code to type is shown.
    if (!this.#pairing.active) {
      this.board.apply('qr');
      this.#deps.say({ kind: 'session.qr', qr, expiresAt });
    }
    this.qr.show({ qr, expiresAt });
    this.#watch.ping(this.#slot.engine);
    this.#deps.linkLost();
  }

  #onPairingCode({ code, expiresAt }: Extract<EngineEvent, { type: 'pairing_code' }>): void {
    this.#pairing.show(code, expiresAt);
    this.board.apply('pairing_code');
    this.#deps.say({ kind: 'session.pairing_code', code, expiresAt });
  }

  #onReady({ me, webVersion }: Extract<EngineEvent, { type: 'ready' }>): void {
    const { folder, bootId, assignment } = this.#deps;
    const { epoch } = assignment;
    this.#ready = true;
    this.#linked = true;
    this.qr.clear();
    this.#pairing.clear();
    this.#watch.met();
    this.#retries.online();
    if (this.#number !== null && this.#number !== me.phoneNumber)
      this.board.needsPerson('number_changed', me);
    else {
      this.#number = me.phoneNumber;
      this.board.ready(me, webVersion);
    }
    this.#watch.ping(this.#slot.engine);
    this.#background(this.#onProfile(() => folder.setLinked({ epoch, bootId }, true)));
  }

  #onConnection(connected: boolean, detail: string): void {
    // Before `ready` the page connects for the first time, which says nothing about being online.
    if (!this.#ready) return;
    this.board.apply(connected ? 'connection_restored' : 'connection_lost', detail);
    if (connected) this.#watch.met();
    else this.#watch.expect(this.#deps.timing.reconnectMs, 'the page did not reconnect');
  }

  #onUnlinked(signal: 'logged_out' | 'unpaired', detail: string): void {
    this.#linked = false;
    this.#credentials.unregistered();
    this.board.unlinked(signal, detail);
    this.#rest();
    this.#deps.linkLost();
    const closed = this.#slot.close();
    // The library goes on with the same page after a logout and persists nothing then: only a new profile is good.
    this.#background(
      this.#onProfile(async () => {
        await closed;
        const { folder, bootId, assignment } = this.#deps;
        await folder.unlink({ epoch: assignment.epoch, bootId });
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
    this.#background(this.#slot.kill());
    this.#rest();
    this.board.apply(signal, detail);
    const gaveUp = this.#retries.again(`${signal}: ${detail.slice(0, REASON_LENGTH)}`);
    if (gaveUp) this.board.apply('crash_loop', detail);
  }

  /** No engine from here on: ends what watched it. */
  #rest(): void {
    this.#watch.end();
    this.#retries.offline();
    this.#ready = false;
    this.qr.clear();
    this.#pairing.clear();
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
