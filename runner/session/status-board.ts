import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { SessionAction } from '../../shared/session-actions.ts';
import type { SessionStatus } from '../../shared/session-status.ts';
import type { EngineIdentity } from '../engine/port.ts';
import type { Log } from '../log.ts';
import { transition, type Signal } from './state.ts';

const DETAIL_LENGTH = 200;

type StatusBoardDeps = {
  log: Log;
  names: { sessionId: string; epoch: number };
  /** The number that the session had before; null when none was ever linked. */
  phoneNumber: string | null;
  say: (report: Report) => void;
  changed: () => void;
};

/** A session's status and its linked phone. Each change is reported to the edge. */
export class StatusBoard {
  readonly #deps: StatusBoardDeps;
  #status: SessionStatus = 'created';
  #action: SessionAction | null = null;
  #identity: EngineIdentity | null = null;
  /** A linked phone of another number than the session's, until the user has accepted it. */
  #stranger: EngineIdentity | null = null;
  #webVersion: string | null = null;
  /** The number that this session is known by; another one needs the user's consent. */
  #number: string | null;
  #linked = false;

  constructor(deps: StatusBoardDeps) {
    this.#deps = deps;
    this.#number = deps.phoneNumber;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  /** Of the phone that came online in this epoch, with the session's own number. */
  get identity(): EngineIdentity | null {
    return this.#identity;
  }

  /** A phone of another number is linked, and waits for the user to accept it. */
  get stranger(): EngineIdentity | null {
    return this.#stranger;
  }

  /** A phone is linked, as far as is known. */
  get linked(): boolean {
    return this.#linked;
  }

  /** Moves on by one signal, and reports it when that changes the status. */
  apply(signal: Signal, detail?: string): boolean {
    const next = transition(this.#status, signal);
    if (!next.changed) return false;
    const { log, names, changed } = this.#deps;
    log.info('session.status', { ...names, from: this.#status, to: next.status, signal, detail });
    this.#status = next.status;
    if (next.status !== 'action_required') {
      this.#action = null;
      this.#stranger = null;
    }
    const reason = detail === undefined ? '' : `: ${detail.slice(0, DETAIL_LENGTH)}`;
    this.#report(`${next.reason}${reason}`);
    changed();
    return true;
  }

  /** An engine starts. @param linked whether its profile is linked @param lost why an earlier linked profile was lost */
  starts(linked: boolean, lost: string | null): void {
    this.#linked = linked;
    this.apply(linked ? 'resume' : 'start', lost ?? undefined);
  }

  /** The page asks for a phone: none is linked. */
  notLinked(): void {
    this.#linked = false;
  }

  /** The phone is linked and the page is ready. A number other than the session's waits for the user's consent. */
  ready(identity: EngineIdentity, webVersion: string | null): void {
    this.#linked = true;
    if (this.#number !== null && this.#number !== identity.phoneNumber) {
      const news = this.#stranger?.phoneNumber !== identity.phoneNumber;
      this.#stranger = identity;
      return this.#needsPerson('number_changed', news);
    }
    this.#number = identity.phoneNumber;
    this.#online(identity, webVersion);
  }

  /** The session goes by this number from now on. Brings it online where that number is what is linked. */
  acceptNumber(phoneNumber: string, isReady: boolean): void {
    this.#number = phoneNumber;
    const stranger = this.#stranger;
    if (stranger?.phoneNumber === phoneNumber && isReady) this.#online(stranger, this.#webVersion);
  }

  /** A person has to do something; reported again when it is another thing than before. */
  needsPerson(action: SessionAction): void {
    this.#needsPerson(action, this.#action !== action);
  }

  #needsPerson(action: SessionAction, news: boolean): void {
    this.#action = action;
    if (!this.apply('action_required', action) && news && this.#status === 'action_required')
      this.#report(`action_required: ${action}`);
  }

  /** The phone was unlinked. */
  unlinked(signal: 'logged_out' | 'unpaired', detail: string): void {
    this.#linked = false;
    this.apply(signal, detail);
    this.#identity = null;
  }

  /** Reported once per phone, however often the page is ready. */
  #online(identity: EngineIdentity, webVersion: string | null): void {
    const news = this.#identity?.phoneNumber !== identity.phoneNumber;
    const before = this.#status;
    this.#identity = identity;
    this.#webVersion = webVersion;
    this.apply('ready');
    if (news && before === this.#status) this.#report('ready');
  }

  #report(reason: string): void {
    const phone = this.#action === 'number_changed' ? this.#stranger : this.#identity;
    this.#deps.say({
      kind: 'session.status',
      status: this.#status,
      reason,
      phoneNumber: phone?.phoneNumber ?? null,
      lid: phone?.lid ?? null,
      displayName: phone?.displayName ?? null,
      webVersion: this.#webVersion,
      ...(this.#action === null ? {} : { action: this.#action }),
    });
  }
}
