import type { FromSupervisor, SupervisorOptions, ToSupervisor } from './protocol.ts';

type Root = { pid: number; startedAt: string | null };
type Session = {
  epoch: number | null;
  /** Null: no lease was ever reported, or it was released. */
  deadline: number | null;
  wallDeadline: number;
  roots: readonly Root[];
  profileDir: string | null;
};
/** How often the clocks are checked, whatever the timers do. */
const LOOK_MS = 1_000;

type Why = Extract<FromSupervisor, { type: 'killed' }>['why'];

type WatchDeps = {
  options: SupervisorOptions;
  now: () => number;
  /** Unix ms. It goes on while the machine sleeps, which the other may not. */
  wall: () => number;
  /** Distinguishes this process from a later one with its pid; null when unknown, undefined when it does not run. */
  identify: (pid: number) => string | null | undefined;
  /** Kills sessions' processes and all that came of them. Returns those that were there, a list a session. */
  killFamilies: (families: Pick<Session, 'roots' | 'profileDir'>[]) => number[][];
  killRunner: () => void;
  say: (message: FromSupervisor) => void;
};

/**
 * What a supervisor knows and when it acts. It has no timers of its own: `check` does what is due and returns when to call it
 * next.
 */
export class Watch {
  readonly #deps: WatchDeps;
  readonly #sessions = new Map<string, Session>();
  #heardAt: number;
  #checkedAt: number;
  #runnerKilled = false;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
    this.#heardAt = deps.now();
    this.#checkedAt = this.#heardAt;
  }

  /** Deadlines come before any message: after a stop of the whole machine they may be long over. */
  hear(message: ToSupervisor): void {
    this.check();
    this.#take(message);
    this.check();
  }

  /**
   * What waited to be read by a supervisor that was slow to start. A lease in it may be over that is renewed further on: what
   * counts is how things stand after all of it.
   */
  catchUp(messages: readonly ToSupervisor[]): void {
    for (const message of messages) this.#take(message);
    this.check();
  }

  #take(message: ToSupervisor): void {
    this.#heardAt = this.#deps.now();
    switch (message.type) {
      case 'beat':
        return this.#deps.say({ type: 'alive' });
      case 'lease': {
        const { sessionId, epoch, deadline, wallDeadline } = message;
        return this.#change(sessionId, { epoch, deadline, wallDeadline });
      }
      case 'processes': {
        const { sessionId, profileDir, pids } = message;
        const roots = pids.flatMap((pid) => {
          const startedAt = this.#deps.identify(pid);
          return startedAt === undefined ? [] : [{ pid, startedAt }];
        });
        return this.#change(sessionId, {
          roots,
          profileDir: pids.length === 0 ? null : profileDir,
        });
      }
      case 'last_word':
        return;
      case 'release':
        this.#kill([message.sessionId], 'released');
        this.#sessions.delete(message.sessionId);
        return;
      default:
        return message satisfies never;
    }
  }

  /** Kills what is over. @returns ms until there may be something to do again */
  check(): number {
    const now = this.#deps.now();
    const { hungMs } = this.#deps.options;
    // After its own sleep it does not know whether the runner was silent: beats may be waiting to be read.
    if (now - this.#checkedAt > hungMs / 2) this.#heardAt = now;
    this.#checkedAt = now;
    let next = Math.min(hungMs / 4, LOOK_MS);
    let leased = false;
    const wall = this.#deps.wall();
    const over: string[] = [];
    for (const [sessionId, { deadline, wallDeadline }] of this.#sessions) {
      if (deadline === null || deadline <= now || wallDeadline <= wall) over.push(sessionId);
      else {
        leased = true;
        next = Math.min(next, deadline - now);
      }
    }
    this.#kill(over, 'deadline');
    if (now - this.#heardAt >= hungMs && !leased && !this.#runnerKilled) {
      this.#runnerKilled = true;
      this.#deps.killRunner();
    }
    return next;
  }

  /** The runner is gone: so is everything that it started. */
  end(): void {
    this.#kill([...this.#sessions.keys()], 'runner_gone');
  }

  #change(sessionId: string, change: Partial<Session>): void {
    const known = this.#sessions.get(sessionId);
    const blank = { epoch: null, deadline: null, wallDeadline: 0, roots: [], profileDir: null };
    this.#sessions.set(sessionId, { ...(known ?? blank), ...change });
  }

  #kill(sessionIds: readonly string[], why: Why): void {
    const found = sessionIds.flatMap((sessionId) => {
      const session = this.#sessions.get(sessionId);
      return session === undefined || session.profileDir === null ? [] : [{ sessionId, session }];
    });
    if (found.length === 0) return;
    const killed = this.#deps.killFamilies(found.map(({ session }) => session));
    for (const [index, { sessionId, session }] of found.entries()) {
      this.#sessions.set(sessionId, { ...session, roots: [], profileDir: null });
      const pids = killed[index] ?? [];
      if (pids.length > 0)
        this.#deps.say({ type: 'killed', sessionId, epoch: session.epoch, why, pids });
    }
  }
}
