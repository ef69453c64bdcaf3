import { type Assignment, Conduct, type Traffic } from '../../shared/protocol/leases.ts';
import type { CredentialKeeper, Online } from '../credentials/keeper.ts';
import type { EngineEvent, EngineOptions, EnginePairingCode } from '../engine/port.ts';
import { shouldLogFailure } from '../log-sampling.ts';
import { EngineLifecycle } from './engine-lifecycle.ts';
import { LinkCodes, type CurrentQr } from './link-codes.ts';
import type { PhoneLinkDeps } from './phone-link-deps.ts';
import { StatusBoard } from './status-board.ts';
import { Timers } from './timers.ts';

const PHONE_GRAIN_MS = 3_600_000;

type EventOf<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>;

/**
 * A session's link with a phone: turns its engine's events into status, codes and reports, and carries out what users ask of
 * the link. `engines` keeps the engine itself running.
 */
export class PhoneLink {
  readonly board: StatusBoard;
  readonly engines: EngineLifecycle;
  readonly #deps: PhoneLinkDeps;
  readonly #codes: LinkCodes;
  readonly #keeper: CredentialKeeper;
  #traffic: Traffic;
  #conduct: Conduct;
  #phoneReportedAt = -Infinity;
  #pageErrors = 0;
  /** Runs while codes are shown; ends by a phone, or with the session. */
  readonly #unscanned: Timers<'qr'>;
  /** The phone may list this device, whether or not anything here can use it. */
  #isListed = false;

  constructor(deps: PhoneLinkDeps) {
    this.#deps = deps;
    const { assignment, clock, log, random, say, timing } = deps;
    const { sessionId, epoch, phoneNumber = null } = assignment;
    const names = { sessionId, epoch };
    this.#traffic = assignment.traffic ?? { status: false, channels: false };
    this.#conduct =
      assignment.conduct ?? Conduct.parse({ alwaysOnline: false, rejectCalls: false });
    this.#codes = new LinkCodes(clock);
    this.#unscanned = new Timers(clock);
    this.#keeper = deps.keeper(() => this.#online());
    const changed = (): void => {
      deps.changed();
      this.#codes.wake();
      this.#keeper.look();
    };
    this.board = new StatusBoard({ log, names, phoneNumber, say, changed });
    this.engines = new EngineLifecycle({
      names,
      clock,
      random,
      log,
      timing,
      board: this.board,
      make: (emit) => deps.engineFactory(this.#engineOptions(), emit),
      prepare: () => this.#keeper.prepare(),
      leaseIsCurrent: deps.leaseIsCurrent,
      startGate: deps.startGate,
      cameUp: deps.cameUp,
      requestHeartbeat: deps.requestHeartbeat,
      say,
      onStart: () => this.#keeper.engineStarts(),
      onEvent: (event) => this.#on(event),
      onGone: () => this.#codes.clear(),
    });
  }

  /** What threw on the page in this epoch without having been called. */
  get pageErrors(): number {
    return this.#pageErrors;
  }

  /** What the user changed, for the next engine. */
  setNextStart({ traffic, conduct }: Pick<Assignment, 'traffic' | 'conduct'>): void {
    this.#traffic = traffic ?? this.#traffic;
    this.#conduct = conduct ?? this.#conduct;
  }

  /** Tries now what would be tried later. @param acceptedNumber what the session goes by from now on; null: as before */
  async reconnect(acceptedNumber: string | null): Promise<void> {
    const waits = this.board.stranger !== null;
    if (acceptedNumber !== null)
      this.board.acceptNumber(acceptedNumber, this.engines.page === 'ready');
    if (!waits) return this.engines.reconnect();
  }

  /** Drops the link at WhatsApp, as far as it can be reached. @returns false when WhatsApp could not be reached */
  async logout(): Promise<boolean> {
    this.#isListed ||= this.board.linked;
    try {
      await this.engines.engine?.logout();
    } catch (error) {
      const { sessionId, epoch } = this.#deps.assignment;
      this.#deps.log.warn('session.logout_unclear', { sessionId, epoch, error });
    }
    if (this.board.status !== 'logged_out') this.#unlinked('logged_out', 'requested');
    await this.end('stop');
    return !this.#isListed;
  }

  /** The QR code on the page, after up to `waitMs`; null when none came. Brings a resting session up. */
  waitForQr(waitMs: number): Promise<CurrentQr | null> {
    this.engines.demand();
    return this.#codes.waitForQr(waitMs, () => this.#isOver());
  }

  /** A code to type on the phone; null when the page was not there in time. Brings a resting session up. */
  async pairingCode(phone: string, waitMs: number): Promise<EnginePairingCode | null> {
    this.engines.demand();
    const isUp = (): boolean => this.board.status === 'qr' || this.board.status === 'pairing_code';
    if (!isUp()) await this.#codes.waitForQr(waitMs, () => isUp() || this.#isOver());
    if (this.board.status === 'online') return { outcome: 'already_linked' };
    return isUp() ? this.#codes.askForPairingCode(phone, () => this.engines.engine) : null;
  }

  /** From here on no engine is started; one that runs goes on until `end`. */
  retire(): void {
    this.#unscanned.clearAll();
    this.engines.retire();
    this.#keeper.retire();
    this.#codes.wake();
  }

  /** Ends the engine, at once or in order; resolves when nothing of it is left and the profile is at rest. */
  async end(how: 'kill' | 'stop'): Promise<void> {
    if (how === 'kill') this.#keeper.hurry();
    await this.engines.end(how);
    if (this.engines.ending && how === 'stop') await this.#keeper.atRest();
  }

  /** No code to link a phone will come. */
  #isOver(): boolean {
    return this.board.status === 'online' || this.engines.ending;
  }

  #online(): Online | null {
    const { engine } = this.engines;
    const { status, identity } = this.board;
    if (engine === null || identity === null || status !== 'online') return null;
    return { engine, phoneNumber: identity.phoneNumber };
  }

  #engineOptions(): EngineOptions {
    const { assignment, folder } = this.#deps;
    return {
      sessionId: assignment.sessionId,
      engine: assignment.engine,
      mode: assignment.mode,
      sandboxProfile: assignment.sandboxProfile ?? null,
      stateDir: folder.stateDir,
      filesDir: folder.filesDir,
      unreported: { file: folder.unreportedFile, epoch: assignment.epoch },
      traffic: this.#traffic,
      conduct: this.#conduct,
      proxy: assignment.proxy ?? null,
    };
  }

  #on(event: EngineEvent): void {
    switch (event.type) {
      case 'qr':
        return this.#onQr(event);
      case 'pairing_code':
        return this.#onPairingCode(event);
      case 'authenticated':
        return this.#onAuthenticated();
      case 'ready':
        return this.#onReady(event);
      case 'connection':
        return this.#onConnection(event);
      case 'phone_seen':
        return this.#onPhoneSeen(event);
      case 'logged_out':
        this.#isListed = event.unclear === true;
        return this.#unlinked('logged_out', event.reason);
      case 'action_required':
        return this.board.needsPerson(event.action);
      case 'limits':
        return this.#deps.say({ kind: 'session.limits', limits: event.limits });
      case 'page_error':
        return this.#onPageError(event);
      case 'fact':
        return this.#deps.say(event.fact, event.file, event.kept);
      case 'closed':
        return this.#onClosed(event);
    }
  }

  #onQr({ qr, expiresAt }: EventOf<'qr'>): void {
    this.engines.progress('unlinked');
    this.#isListed = false;
    this.board.notLinked();
    this.#expectScan();
    this.#keeper.unregistered();
    // The page goes on changing its QR code while a pairing code is shown.
    if (!this.#codes.pairing) {
      this.board.apply('qr');
      this.#deps.say({ kind: 'session.qr', qr, expiresAt });
    }
    this.#codes.showQr({ qr, expiresAt });
    this.#deps.linkLost();
  }

  /** The time runs from the first code. A later code, or a new page that shows codes, does not extend it. */
  #expectScan(): void {
    const { qrTimeoutMs } = this.#deps.timing;
    if (this.engines.ending || this.#unscanned.has('qr')) return;
    this.#unscanned.set('qr', qrTimeoutMs, () => this.#restFor('qr_timeout'));
  }

  #onPairingCode({ code, expiresAt }: EventOf<'pairing_code'>): void {
    this.#codes.showPairingCode({ code, expiresAt });
    this.board.apply('pairing_code');
    this.#deps.say({ kind: 'session.pairing_code', code, expiresAt });
  }

  #onAuthenticated(): void {
    this.#codes.clear();
    this.#unscanned.clearAll();
    this.#isListed = true;
    this.board.apply('authenticated');
    if (this.engines.page !== 'ready') this.engines.progress('loading');
  }

  #onReady({ me, webVersion }: EventOf<'ready'>): void {
    const { assignment, bootId, folder } = this.#deps;
    this.engines.progress('ready');
    this.#codes.clear();
    this.board.ready(me, webVersion);
    this.engines.onProfile(() => folder.setLinked({ epoch: assignment.epoch, bootId }, true));
  }

  #onConnection({ connected, detail }: EventOf<'connection'>): void {
    // Before `ready` the page connects for the first time, which says nothing about being online.
    if (this.engines.page !== 'ready') return;
    this.board.apply(connected ? 'connection_restored' : 'connection_lost', detail);
    this.engines.connection(connected);
  }

  /** Days matter here, so an hour's grain is fine and spares the edge a report per message. */
  #onPhoneSeen({ at }: EventOf<'phone_seen'>): void {
    if (at < this.#phoneReportedAt + PHONE_GRAIN_MS) return;
    this.#phoneReportedAt = at;
    this.#deps.say({ kind: 'phone.seen', at });
  }

  /** An error may come with every message: the 1st, 2nd, 4th, … of this epoch are reported. */
  #onPageError({ where, detail }: EventOf<'page_error'>): void {
    this.#pageErrors += 1;
    if (!shouldLogFailure(this.#pageErrors)) return;
    const { log, say, assignment } = this.#deps;
    const { sessionId, epoch } = assignment;
    const error = { count: this.#pageErrors, where, detail };
    log.warn('session.page_error', { sessionId, epoch, ...error });
    say({ kind: 'session.page_error', ...error });
  }

  #onClosed({ reason, detail }: EventOf<'closed'>): void {
    switch (reason) {
      case 'unpaired':
        this.#isListed = false;
        return this.#unlinked('unpaired', detail);
      case 'conflict':
        return this.#restFor('conflict', detail);
      case 'start_failed':
        return this.engines.failed('start_failed', detail);
      case 'crashed':
      case 'stopped':
        return this.engines.failed('crashed', detail);
    }
  }

  /** Closes the engine; only a start brings another. */
  #restFor(signal: 'conflict' | 'qr_timeout', detail?: string): void {
    this.board.apply(signal, detail);
    const closed = this.engines.rest();
    this.engines.onProfile(() => closed);
  }

  #unlinked(signal: 'logged_out' | 'unpaired', detail: string): void {
    const { assignment, bootId, folder } = this.#deps;
    this.#unscanned.clearAll();
    this.#keeper.unregistered();
    this.board.unlinked(signal, detail);
    this.#deps.linkLost();
    const closed = this.engines.rest();
    // After a logout the library goes on with the same page and persists nothing: only a new profile is good.
    this.engines.onProfile(async () => {
      await closed;
      await folder.unlink({ epoch: assignment.epoch, bootId });
    });
  }
}
