import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Log } from '../log.ts';
import { lineReader } from './lines.ts';
import { FromSupervisor, type SupervisorTiming, type ToSupervisor } from './protocol.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const HEAP_MB = 32;
/** Beats without an answer after which a supervisor counts as dead. Beats and not time, since the runner may have hung itself. */
const UNANSWERED_BEATS = { starting: 60, running: 15 };
/** Deaths of a supervisor that are forgiven before the runner gives up. */
const FORGIVEN_DEATHS = 1;

export const SUPERVISOR_TIMING: SupervisorTiming = { beatMs: 1_000, hungMs: 15_000 };

/** What a runner tells the process that fences its sessions when it cannot. */
export type Supervisor = {
  lease(lease: { sessionId: string; epoch: number; deadline: number }): void;
  processes(of: { sessionId: string; profileDir: string; pids: readonly number[] }): void;
  release(sessionId: string): void;
  /** Resolves when the supervisor died once too often: without one, the runner must not go on. */
  readonly failed: Promise<void>;
  /** The supervisor's pid, for tests and for people. */
  readonly pid: number | undefined;
  /** Ends the supervisor; what it still watches dies with it. */
  close(): Promise<void>;
};

/** For runners whose engines are no processes. */
export const NO_SUPERVISOR: Supervisor = {
  lease: () => undefined,
  processes: () => undefined,
  release: () => undefined,
  failed: new Promise(() => undefined),
  pid: undefined,
  close: () => Promise.resolve(),
};

type SessionFacts = {
  lease?: Extract<ToSupervisor, { type: 'lease' }>;
  processes?: Extract<ToSupervisor, { type: 'processes' }>;
};

/** Starts the supervisor, and once more when it dies; it is told everything anew then. */
export function startSupervisor(options: {
  log: Log;
  timing?: Partial<SupervisorTiming>;
}): Supervisor {
  return new SupervisorClient(options.log, { ...SUPERVISOR_TIMING, ...options.timing });
}

class SupervisorClient implements Supervisor {
  readonly #log: Log;
  readonly #timing: SupervisorTiming;
  readonly #sessions = new Map<string, SessionFacts>();
  readonly #failed = Promise.withResolvers<void>();
  #child: ChildProcess;
  #deaths = 0;
  #unanswered = 0;
  /** The one that runs has answered before. */
  #answered = false;
  #closing = false;
  readonly #beats: NodeJS.Timeout;

  constructor(log: Log, timing: SupervisorTiming) {
    this.#log = log;
    this.#timing = timing;
    this.#child = this.#spawn();
    this.#beats = setInterval(() => this.#beat(), timing.beatMs);
    this.#beats.unref();
  }

  get failed(): Promise<void> {
    return this.#failed.promise;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  lease(lease: { sessionId: string; epoch: number; deadline: number }): void {
    const message = { type: 'lease' as const, ...lease };
    this.#facts(lease.sessionId).lease = message;
    this.#tell(message);
  }

  processes(of: { sessionId: string; profileDir: string; pids: readonly number[] }): void {
    const message = { type: 'processes' as const, ...of, pids: [...of.pids] };
    this.#facts(of.sessionId).processes = message;
    this.#tell(message);
  }

  release(sessionId: string): void {
    this.#sessions.delete(sessionId);
    this.#tell({ type: 'release', sessionId });
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#beats);
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.stdin?.end();
    await gone;
  }

  #spawn(): ChildProcess {
    const options = { ...this.#timing, runnerPid: process.pid };
    // A session of its own, so that a Ctrl-C, or a stop of the runner's group, does not reach it.
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${HEAP_MB}`, MAIN, JSON.stringify(options)],
      { detached: true, env: {}, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    child.unref();
    const read = lineReader((line) => this.#hear(line));
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => read(chunk));
    // A write to a supervisor that just died; its exit is what counts.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.#died(child, error.message));
    child.on('exit', (code, signal) => this.#died(child, signal ?? `code ${code}`));
    this.#unanswered = 0;
    this.#answered = false;
    return child;
  }

  #hear(line: string): void {
    const message = FromSupervisor.parse(JSON.parse(line));
    if (message.type === 'alive') {
      this.#unanswered = 0;
      this.#answered = true;
    } else this.#log.warn('supervisor.killed', message);
  }

  #beat(): void {
    this.#unanswered += 1;
    const patience = UNANSWERED_BEATS[this.#answered ? 'running' : 'starting'];
    if (this.#unanswered > patience) this.#child.kill('SIGKILL');
    else this.#tell({ type: 'beat' });
  }

  #died(child: ChildProcess, cause: string): void {
    if (this.#closing || child !== this.#child) return;
    this.#deaths += 1;
    this.#log.error('supervisor.died', { cause, deaths: this.#deaths });
    if (this.#deaths > FORGIVEN_DEATHS) {
      clearInterval(this.#beats);
      this.#failed.resolve();
      return;
    }
    this.#child = this.#spawn();
    for (const { lease, processes } of this.#sessions.values()) {
      if (lease !== undefined) this.#tell(lease);
      if (processes !== undefined) this.#tell(processes);
    }
  }

  #facts(sessionId: string): SessionFacts {
    const known = this.#sessions.get(sessionId) ?? {};
    this.#sessions.set(sessionId, known);
    return known;
  }

  #tell(message: ToSupervisor): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}
