import type { CredentialKeeper } from '../credentials/keeper.ts';
import type { EngineEvent } from '../engine/port.ts';
import type { EngineLinkDeps } from './engine-link-deps.ts';
import type { EngineSlot } from './engine-slot.ts';
import type { EngineWatch } from './engine-watch.ts';
import type { PairingDesk } from './pairing-desk.ts';
import type { QrDesk } from './qr-desk.ts';
import type { Retries } from './retries.ts';
import type { Signal } from './state.ts';
import type { StatusBoard } from './status-board.ts';
import type { WorkLane } from '../work-lane.ts';

const REASON_LENGTH = 200;
const PHONE_GRAIN_MS = 3_600_000;

type EventOf<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>;

export type EngineReactionsDeps = Pick<
  EngineLinkDeps,
  'assignment' | 'bootId' | 'folder' | 'linkLost' | 'log' | 'say' | 'timing'
> & {
  board: StatusBoard;
  qr: QrDesk;
  pairing: PairingDesk;
  retries: Retries;
  credentials: CredentialKeeper;
  profile: WorkLane;
  slot: () => EngineSlot;
  watch: () => EngineWatch;
  /** No engine may come after this one. */
  over: () => boolean;
};

/** What a session does about each thing its engine says: status, reports, and what is expected next. */
export class EngineReactions {
  readonly #deps: EngineReactionsDeps;
  #ready = false;
  #phoneToldAt = -Infinity;
  /** A phone is linked, as far as is known. */
  linked = false;
  /** The number that this session is known by; another one needs the user's word. */
  #number: string | null;

  constructor(deps: EngineReactionsDeps) {
    this.#deps = deps;
    this.#number = deps.assignment.phoneNumber ?? null;
  }

  get ready(): boolean {
    return this.#ready;
  }

  starting(): void {
    this.#ready = false;
    this.#deps.retries.started();
    this.#deps.credentials.engineStarts();
    this.#deps.watch().expect(this.#deps.timing.readyMs, 'the page did not come up');
  }

  on(event: EngineEvent): void {
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
        return this.#onConnection(event.connected, event.detail);
      case 'phone_seen':
        return this.#onPhoneSeen(event.at);
      case 'logged_out':
        return this.unlinked('logged_out', event.reason);
      case 'action_required':
        return this.#deps.board.needsPerson(event.action);
      case 'fact':
        return this.#deps.say(event.fact, event.file, event.kept);
      case 'closed':
        return this.#onClosed(event.reason, event.detail);
    }
  }

  /** The user's word that the phone's new number is right. */
  acceptNumber(): void {
    const { board } = this.#deps;
    if (board.identity === null) return;
    this.#number = board.identity.phoneNumber;
    if (this.#ready) board.ready(board.identity, board.webVersion);
  }

  unlinked(signal: 'logged_out' | 'unpaired', detail: string): void {
    const { folder, bootId, assignment, profile } = this.#deps;
    this.linked = false;
    this.#deps.credentials.unregistered();
    this.#deps.board.unlinked(signal, detail);
    this.rest();
    this.#deps.linkLost();
    const closed = this.#deps.slot().close();
    // The library goes on with the same page after a logout and persists nothing then: only a new profile is good.
    this.#background(
      profile.run(async () => {
        await closed;
        await folder.unlink({ epoch: assignment.epoch, bootId });
      }),
    );
  }

  /** The engine is of no more use and another is wanted: with growing pauses, so that a broken start costs little. */
  ended(
    signal: Extract<Signal, 'crashed' | 'start_failed' | 'unresponsive'>,
    detail: string,
  ): void {
    const { board, retries, slot } = this.#deps;
    if (this.#deps.over()) return;
    this.#background(slot().kill());
    this.rest();
    board.apply(signal, detail);
    const gaveUp = retries.again(`${signal}: ${detail.slice(0, REASON_LENGTH)}`);
    if (gaveUp) board.apply('crash_loop', detail);
  }

  /** No engine from here on: ends what watched it. */
  rest(): void {
    this.#deps.watch().end();
    this.#deps.retries.offline();
    this.#ready = false;
    this.#clearCodes();
  }

  #onQr({ qr, expiresAt }: EventOf<'qr'>): void {
    const { board, credentials, pairing, retries, say, slot, watch } = this.#deps;
    watch().met();
    retries.offline();
    this.#ready = false;
    this.linked = false;
    credentials.unregistered();
    // The page goes on changing its QR code while a code to type is shown.
    if (!pairing.active) {
      board.apply('qr');
      say({ kind: 'session.qr', qr, expiresAt });
    }
    this.#deps.qr.show({ qr, expiresAt });
    watch().ping(slot().engine);
    this.#deps.linkLost();
  }

  #onPairingCode({ code, expiresAt }: EventOf<'pairing_code'>): void {
    this.#deps.pairing.show(code, expiresAt);
    this.#deps.board.apply('pairing_code');
    this.#deps.say({ kind: 'session.pairing_code', code, expiresAt });
  }

  #onAuthenticated(): void {
    const { board, timing, watch } = this.#deps;
    this.#clearCodes();
    board.apply('authenticated');
    if (!this.#ready) watch().expect(timing.readyMs, 'authenticated, and never ready');
  }

  #onReady({ me, webVersion }: EventOf<'ready'>): void {
    const { assignment, board, bootId, folder, profile, retries, slot, watch } = this.#deps;
    const { epoch } = assignment;
    this.#ready = true;
    this.linked = true;
    this.#clearCodes();
    watch().met();
    retries.online();
    if (this.#number !== null && this.#number !== me.phoneNumber)
      board.needsPerson('number_changed', me);
    else {
      this.#number = me.phoneNumber;
      board.ready(me, webVersion);
    }
    watch().ping(slot().engine);
    this.#background(profile.run(() => folder.setLinked({ epoch, bootId }, true)));
  }

  /** Days matter here, so that an hour's grain is fine and spares the edge a report per message. */
  #onPhoneSeen(at: number): void {
    if (at < this.#phoneToldAt + PHONE_GRAIN_MS) return;
    this.#phoneToldAt = at;
    this.#deps.say({ kind: 'phone.seen', at });
  }

  #onConnection(connected: boolean, detail: string): void {
    const { board, timing, watch } = this.#deps;
    // Before `ready` the page connects for the first time, which says nothing about being online.
    if (!this.#ready) return;
    board.apply(connected ? 'connection_restored' : 'connection_lost', detail);
    if (connected) watch().met();
    else watch().expect(timing.reconnectMs, 'the page did not reconnect');
  }

  #onClosed(reason: EventOf<'closed'>['reason'], detail: string): void {
    if (reason === 'unpaired') return this.unlinked('unpaired', detail);
    if (reason !== 'conflict')
      return this.ended(reason === 'start_failed' ? 'start_failed' : 'crashed', detail);
    this.#deps.board.apply('conflict', detail);
    this.rest();
    this.#background(this.#deps.slot().close());
  }

  #clearCodes(): void {
    this.#deps.qr.clear();
    this.#deps.pairing.clear();
  }

  #background(work: Promise<void>): void {
    const { sessionId, epoch } = this.#deps.assignment;
    work.catch((error: unknown) =>
      this.#deps.log.error('session.work_failed', { sessionId, epoch, error }),
    );
  }
}
