import { spawn, type ChildProcess } from 'node:child_process';
import { failuresInARow } from '../failures-in-a-row.ts';
import type { Log } from '../log.ts';
import { leanNode } from '../programs/lean-node.ts';
import { lineReader } from './lines.ts';
import {
  FromSupervisor,
  machineMs,
  type SignedCall,
  type SupervisorTiming,
  type ToSupervisor,
} from './protocol.ts';

const HEAP_MB = 32;
/** Beats without an answer after which a supervisor counts as dead. Beats and not time, since the runner may have hung itself. */
const UNANSWERED_BEATS = { starting: 60, running: 15 };
/** The runner gives up after this many deaths of supervisors within this time. */
const SUPERVISOR_DEATHS = { failures: 2, withinMs: 10 * 60_000 };

const SUPERVISOR_TIMING: SupervisorTiming = {
  beatMs: 1_000,
  hungMs: 15_000,
  nextBootMs: 8_000,
};

type LeaseMessage = Extract<ToSupervisor, { type: 'lease' }>;

/** The process that fences a runner's sessions when the runner cannot. */
export type Supervisor = {
  lease(lease: Omit<LeaseMessage, 'type'>): void;
  processes(of: { sessionId: string; profileDir: string; pids: readonly number[] }): void;
  release(sessionId: string): void;
  /**
   * What it reports to the edge when this process ends without closing it and no next boot of the runner locks `dataDir`.
   * The newest counts.
   */
  lastWord(request: SignedCall, dataDir: string): void;
  /** Resolves when supervisors died too often: without one, the runner must not go on. */
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
  lastWord: () => undefined,
  failed: new Promise(() => undefined),
  pid: undefined,
  close: () => Promise.resolve(),
};

type SessionFacts = {
  lease?: LeaseMessage;
  processes?: Extract<ToSupervisor, { type: 'processes' }>;
};

/** Starts the supervisor, and another with the same knowledge when it dies; not when they die too often. */
export function startSupervisor(options: {
  /** As `bundlePrograms` made it. */
  program: string;
  log: Log;
  timing?: Partial<SupervisorTiming>;
  /** Monotonic ms, for how long ago a death was. */
  now?: () => number;
}): Supervisor {
  const { program, log, timing, now = machineMs } = options;
  return new SupervisorClient(program, log, { ...SUPERVISOR_TIMING, ...timing }, now);
}

class SupervisorClient implements Supervisor {
  readonly #program: string;
  readonly #log: Log;
  readonly #timing: SupervisorTiming;
  readonly #now: () => number;
  readonly #sessions = new Map<string, SessionFacts>();
  readonly #failed = Promise.withResolvers<void>();
  #child: ChildProcess;
  #deaths: readonly number[] = [];
  #startedAt = 0;
  #unanswered = 0;
  /** The one that runs has answered before. */
  #answered = false;
  #closing = false;
  #lastWord: ToSupervisor | null = null;
  readonly #beats: NodeJS.Timeout;

  constructor(program: string, log: Log, timing: SupervisorTiming, now: () => number) {
    this.#program = program;
    this.#log = log;
    this.#timing = timing;
    this.#now = now;
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

  lease(lease: Omit<LeaseMessage, 'type'>): void {
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

  lastWord(request: SignedCall, dataDir: string): void {
    this.#lastWord = { type: 'last_word', dataDir, request };
    this.#tell(this.#lastWord);
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#beats);
    this.#tell({ type: 'last_word', dataDir: '', request: null });
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.stdin?.end();
    await gone;
  }

  #spawn(): ChildProcess {
    const options = { ...this.#timing, runnerPid: process.pid };
    // A session of its own, so that a Ctrl-C, or a stop of the runner's group, does not reach it.
    const { flags, env } = leanNode(HEAP_MB);
    const child = spawn(process.execPath, [...flags, this.#program, JSON.stringify(options)], {
      detached: true,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
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
    this.#startedAt = this.#now();
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
    const at = this.#now();
    const death = { at, ranMs: at - this.#startedAt };
    this.#deaths = failuresInARow(this.#deaths, death, SUPERVISOR_DEATHS);
    this.#log.error('supervisor.died', { cause, deaths: this.#deaths.length });
    if (this.#deaths.length >= SUPERVISOR_DEATHS.failures) {
      clearInterval(this.#beats);
      this.#failed.resolve();
      return;
    }
    this.#child = this.#spawn();
    if (this.#lastWord !== null) this.#tell(this.#lastWord);
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
