import { spawn, type ChildProcess } from 'node:child_process';
import { failuresInARow } from '../failures-in-a-row.ts';
import type { Log } from '../log.ts';
import { leanNode } from '../programs/lean-node.ts';
import { lineReader } from './lines.ts';
import {
  FromSupervisor,
  type SignedCall,
  type SupervisorTiming,
  type ToSupervisor,
} from './protocol.ts';
import type { LeaseFacts, ProcessFacts, Supervisor } from './supervisor.ts';

const HEAP_MB = 32;
/** Beats without an answer after which a supervisor counts as dead. Beats and not time, since the runner may have hung itself. */
const UNANSWERED_BEATS = { starting: 60, running: 15 };
/** The runner gives up after this many deaths of supervisors within this time. */
const SUPERVISOR_DEATHS = { failures: 2, withinMs: 10 * 60_000 };

type SessionFacts = {
  lease?: Extract<ToSupervisor, { type: 'lease' }>;
  processes?: Extract<ToSupervisor, { type: 'processes' }>;
};

/** The runner's end of its supervisor: what it knows is repeated to the next one when the process dies. */
export class SupervisorClient implements Supervisor {
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

  lease(lease: LeaseFacts): void {
    const message = { type: 'lease' as const, ...lease };
    this.#facts(lease.sessionId).lease = message;
    this.#tell(message);
  }

  processes(of: ProcessFacts): void {
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
    const hung = setTimeout(() => child.kill('SIGKILL'), this.#timing.hungMs);
    await gone;
    clearTimeout(hung);
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
