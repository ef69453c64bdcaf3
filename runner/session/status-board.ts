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
  apply(signal: Signal, detail?: string): void {
    const next = transition(this.#status, signal);
    if (!next.changed) return;
    const { log, names, changed } = this.#deps;
    log.info('session.status', { ...names, from: this.#status, to: next.status, signal, detail });
    this.#status = next.status;
    const reason = detail === undefined ? '' : `: ${detail.slice(0, DETAIL_LENGTH)}`;
    this.#tell(`${next.reason}${reason}`);
    changed();
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
    });
  }
}
