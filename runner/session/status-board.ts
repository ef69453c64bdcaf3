import type { SessionAction } from '../../shared/session-actions.ts';
import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { SessionStatus } from '../../shared/session-status.ts';
import type { EngineIdentity } from '../engine/port.ts';
import type { Log } from '../log.ts';
import { transition, type Signal } from './state.ts';

const DETAIL_LENGTH = 200;

type StatusBoardDeps = {
  log: Log;
  names: { sessionId: string; epoch: number };
  say: (report: Report) => void;
  changed: () => void;
};

/** A session's status and whose phone it is, told to the edge at each change. */
export class StatusBoard {
  readonly #deps: StatusBoardDeps;
  #status: SessionStatus = 'created';
  #identity: EngineIdentity | null = null;
  #webVersion: string | null = null;
  #action: SessionAction | null = null;

  constructor(deps: StatusBoardDeps) {
    this.#deps = deps;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  get identity(): EngineIdentity | null {
    return this.#identity;
  }

  /** Moves on by one signal, and tells it when that changes the status. */
  apply(signal: Signal, detail?: string): boolean {
    const next = transition(this.#status, signal);
    if (!next.changed) return false;
    const { log, names, changed } = this.#deps;
    log.info('session.status', { ...names, from: this.#status, to: next.status, signal, detail });
    this.#status = next.status;
    if (next.status !== 'action_required') this.#action = null;
    const reason = detail === undefined ? '' : `: ${detail.slice(0, DETAIL_LENGTH)}`;
    this.#tell(`${next.reason}${reason}`);
    changed();
    return true;
  }

  /** A person has to do something; told again when it is another thing than before. */
  needsPerson(action: SessionAction, identity: EngineIdentity | null = this.#identity): void {
    const news = this.#action !== action;
    this.#action = action;
    this.#identity = identity;
    if (!this.apply('action_required', action) && news && this.#status === 'action_required')
      this.#tell(`action_required: ${action}`);
  }

  get webVersion(): string | null {
    return this.#webVersion;
  }

  get action(): SessionAction | null {
    return this.#action;
  }

  /** The phone is linked and the page is ready. Told once per phone, however often the page says so. */
  ready(identity: EngineIdentity, webVersion: string | null): void {
    const news = this.#identity?.phoneNumber !== identity.phoneNumber;
    const before = this.#status;
    this.#identity = identity;
    this.#webVersion = webVersion;
    this.apply('ready');
    if (news && before === this.#status) this.#tell('ready');
  }

  /** No phone is linked any more. */
  unlinked(signal: 'logged_out' | 'unpaired', detail: string): void {
    this.apply(signal, detail);
    this.#identity = null;
  }

  #tell(reason: string): void {
    this.#deps.say({
      kind: 'session.status',
      status: this.#status,
      reason,
      phoneNumber: this.#identity?.phoneNumber ?? null,
      lid: this.#identity?.lid ?? null,
      displayName: this.#identity?.displayName ?? null,
      webVersion: this.#webVersion,
      ...(this.#action === null ? {} : { action: this.#action }),
    });
  }
}
