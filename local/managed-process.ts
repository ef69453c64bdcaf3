import { type ChildProcess, fork } from 'node:child_process';
import { BoundedLog } from './bounded-log.ts';
import { inheritedEnvironment } from './env.ts';
import { reasonOf } from './log.ts';
import { tell } from './service-process.ts';

export type ProcessPlan = {
  name: string;
  /** The program, a .ts file. */
  file: string;
  environment: Record<string, string>;
  logFile: string;
  readyWithinMs: number;
  /** Called for each message of the process that says `idle`. */
  onIdle?: () => void;
};

type ReadyFacts = { ready: true; url: string } & Record<string, unknown>;

const RESTART_FIRST_MS = 200;
const RESTART_MOST_MS = 5_000;
/** A runner may take 20 s to finish the send it is in. */
const STOP_WITHIN_MS = 25_000;

/**
 * One process of the deployment: started, awaited, started again when it dies, stopped for good.
 * It runs in a group of its own, so that Ctrl-C reaches the launcher alone and things stop in order; should the launcher
 * itself be killed, the closed IPC channel tells the process to go.
 */
export class ManagedProcess {
  readonly name: string;
  #plan: ProcessPlan;
  #onRestart: (facts: ReadyFacts) => void;
  #child: ChildProcess | undefined;
  #facts: ReadyFacts | undefined;
  #ended: Promise<unknown> | undefined;
  #stopping = false;
  #log: BoundedLog;
  #restartDelayMs = RESTART_FIRST_MS;

  constructor(plan: ProcessPlan, onRestart: (facts: ReadyFacts) => void) {
    this.name = plan.name;
    this.#plan = plan;
    this.#onRestart = onRestart;
    this.#log = new BoundedLog(plan.logFile);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get facts(): ReadyFacts | undefined {
    return this.#facts;
  }

  /** Resolves with what the process said of itself; rejects when it ends first, with its last words. */
  async start(): Promise<ReadyFacts> {
    const facts = await this.#launch();
    this.#facts = facts;
    return facts;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await this.#ended;
      clearTimeout(timer);
    }
  }

  #launch(): Promise<ReadyFacts> {
    const before = this.#log.size;
    const child = fork(this.#plan.file, [], {
      env: { ...inheritedEnvironment(), ...this.#plan.environment },
      stdio: ['ignore', this.#log.descriptor, this.#log.descriptor, 'ipc'],
      detached: true,
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('exit', resolve).once('error', resolve);
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`${this.name} was not ready in time; see ${this.#plan.logFile}`));
      }, this.#plan.readyWithinMs);
      child.on('message', (message) => {
        if (isIdle(message)) this.#plan.onIdle?.();
        if (isSaid(message)) tell(message.say);
        if (!isReady(message)) return;
        clearTimeout(timer);
        this.#restartDelayMs = RESTART_FIRST_MS;
        resolve(message);
      });
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        const how = `${this.name} ended (${signal ?? code}); see ${this.#plan.logFile}`;
        reject(new Error(`${how}\n${this.#log.lastWords(before)}`));
        if (this.#facts !== undefined && !this.#stopping) this.#restart(String(signal ?? code));
      });
    });
  }

  #restart(cause: string): void {
    const delay = this.#restartDelayMs;
    this.#restartDelayMs = Math.min(delay * 2, RESTART_MOST_MS);
    tell(`${this.name} ended (${cause}); restarting it`);
    setTimeout(() => {
      if (this.#stopping) return;
      this.#launch().then(
        (facts) => {
          this.#facts = facts;
          this.#onRestart(facts);
        },
        (error: unknown) => tell(reasonOf(error)),
      );
    }, delay);
  }
}

const isIdle = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'idle' in message;

const isSaid = (message: unknown): message is { say: string } =>
  typeof message === 'object' &&
  message !== null &&
  'say' in message &&
  typeof message.say === 'string';

function isReady(message: unknown): message is ReadyFacts {
  return typeof message === 'object' && message !== null && 'ready' in message && 'url' in message;
}
