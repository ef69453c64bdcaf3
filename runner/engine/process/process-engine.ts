import type { ChildProcess } from 'node:child_process';
import { z } from 'zod';
import type { SessionEngine } from '../../../shared/session-status.ts';
import { AppError } from '../../../shared/errors.ts';
import { whilePaused } from '../pause.ts';
import { describe } from '../describe-error.ts';
import { withDeadline } from '../../deadline.ts';
import { ENGINE_OPERATIONS } from '../operations.ts';
import type { EngineInput, EngineOperation, EngineOutput } from '../operations.ts';
import {
  type EngineEvent,
  type EngineFactory,
  type EngineHost,
  type EngineOptions,
  type EngineSend,
  EngineSendResult,
  type EngineUsage,
  type WhatsAppEngine,
} from '../port.ts';
import { killTree } from '../process-tree.ts';
import { usageOfTree } from '../process-usage.ts';
import { OpenCalls } from './open-calls.ts';
import type { EngineCall, FromSession, ToSession } from './protocol.ts';
import { startSessionProcess } from './session-process.ts';

export type ProcessEngineOptions = {
  /** The program of a session's process, as `bundlePrograms` made it. */
  program: string;
  /** What each kind of engine needs of the runner. */
  hosts: Readonly<Record<SessionEngine, EngineHost>>;
  log: (entry: Record<string, unknown>) => void;
  /** Roots of the process trees that a session has from now on; none when nothing of it runs. */
  onProcesses?: (of: { sessionId: string; profileDir: string; pids: number[] }) => void;
};

/** Longest answers, in ms; each is above the engine's own deadlines, so it strikes only when the process is frozen. */
const PATIENCE_MS = { start: 85_000, stop: 20_000, logout: 40_000, send: 130_000 } as const;
/** The same for what has a deadline of its own: on top of it. */
const MARGIN_MS = 1_000;

const Pong = z.object({ state: z.string() });

/** The schemas of what operations answer, with each one's type. */
const OUTPUTS: { [Name in EngineOperation]: { output: z.ZodType<EngineOutput<Name>> } } =
  ENGINE_OPERATIONS;

/** From an engine's `closed` to its process's end. */
const EXIT_MS = 3_000;

/** Engines that live in a process of their own each: what breaks in one session cannot reach its neighbours. */
export function processEngineFactory(options: ProcessEngineOptions): EngineFactory {
  return (engineOptions, emit) => new ProcessEngine(engineOptions, emit, options);
}

const errorOf = ({ message, refusal }: Extract<FromSession, { type: 'error' }>): Error =>
  refusal === undefined ? new Error(message) : new AppError(refusal.code, message, refusal.details);

class ProcessEngine implements WhatsAppEngine {
  readonly #options: EngineOptions;
  readonly #tell: (event: EngineEvent) => void;
  readonly #deps: ProcessEngineOptions;
  readonly #host: EngineHost;
  readonly #calls = new OpenCalls((call) => this.#post(call));
  readonly #gone = Promise.withResolvers<void>();
  #child: ChildProcess | null = null;
  /** Leads the process group that the engine started. */
  #enginePid: number | null = null;
  #started = false;
  #closed = false;
  /** Nothing of it runs any more. */
  #ended = false;
  /** The child's `closed`, reported when the child has ended, since only then nothing of the engine is left. */
  #lastWord: Extract<EngineEvent, { type: 'closed' }> | null = null;

  constructor(
    options: EngineOptions,
    emit: (event: EngineEvent) => void,
    deps: ProcessEngineOptions,
  ) {
    this.#options = options;
    this.#tell = emit;
    this.#deps = deps;
    this.#host = deps.hosts[options.engine];
  }

  async start(): Promise<void> {
    if (this.#started) throw new Error('An engine starts once; make a new one.');
    this.#started = true;
    try {
      const settings = await this.#host.settings(this.#options);
      if (this.#closed) throw new Error('It was stopped.');
      this.#fork();
      this.#post({ type: 'open', options: this.#options, settings });
      await this.#call({ method: 'start' }, PATIENCE_MS.start);
    } catch (error) {
      this.#lastWord ??= { type: 'closed', reason: 'start_failed', detail: describe(error) };
      await this.#end();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#askAndEnd({ method: 'stop' }, PATIENCE_MS.stop);
  }

  async logout(): Promise<void> {
    await this.#askAndEnd({ method: 'logout' }, PATIENCE_MS.logout);
  }

  kill(): void {
    this.#lastWord ??= { type: 'closed', reason: 'stopped', detail: 'killed' };
    this.#killAll();
    if (this.#child === null) this.#gone.resolve();
    this.#sayClosed('killed');
  }

  async send(message: EngineSend): Promise<EngineSendResult> {
    if (this.#child === null || this.#closed) {
      return { outcome: 'failed', code: 'UNAVAILABLE', message: 'The engine is not running.' };
    }
    try {
      const result = await this.#call({ method: 'send', message }, PATIENCE_MS.send);
      return EngineSendResult.parse(result);
    } catch (error) {
      return { outcome: 'unknown', message: describe(error) };
    }
  }

  async ask<Name extends EngineOperation>(
    name: Name,
    input: EngineInput<Name>,
  ): Promise<EngineOutput<Name>> {
    const patienceMs = ENGINE_OPERATIONS[name].patienceMs + MARGIN_MS;
    const answer = await this.#call({ method: 'ask', name, input }, patienceMs);
    return OUTPUTS[name].output.parse(answer);
  }

  async usage(): Promise<EngineUsage | null> {
    const pid = this.#child?.pid;
    return pid === undefined || this.#closed ? null : usageOfTree(pid);
  }

  async paused<T>(capMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#enginePid === null || this.#closed) throw new Error('The engine is not running.');
    return whilePaused(this.#enginePid, capMs, work);
  }

  async ping(deadlineMs: number): Promise<{ state: string }> {
    return Pong.parse(await this.#call({ method: 'ping', deadlineMs }, deadlineMs + MARGIN_MS));
  }

  #fork(): void {
    this.#child = startSessionProcess(this.#deps.program, {
      onMessage: (message) => this.#onMessage(message),
      onEnd: (detail) => void this.#onExit(detail),
      log: (entry) => this.#log(entry),
    });
    this.#tellProcesses();
  }

  #onMessage(message: FromSession): void {
    switch (message.type) {
      case 'event':
        this.#onEvent(message.event, message.seq);
        break;
      case 'result':
        this.#calls.resolve(message.id, message.value);
        break;
      case 'error':
        this.#calls.reject(message.id, errorOf(message));
        break;
      case 'log':
        this.#log(message.entry);
        break;
      case 'process':
        this.#enginePid = message.pid;
        this.#tellProcesses();
        break;
    }
  }

  #onEvent(event: EngineEvent, seq?: number): void {
    if (event.type === 'fact' && seq !== undefined) {
      this.#tell({ ...event, kept: () => this.#post({ type: 'kept', seq }) });
      return;
    }
    if (event.type !== 'closed') {
      if (this.#lastWord === null && !this.#closed) this.#tell(event);
      return;
    }
    this.#lastWord ??= event;
    void this.#end();
  }

  /** Asks for an end in peace, then makes sure of it. */
  async #askAndEnd(call: EngineCall, patienceMs: number): Promise<void> {
    if (this.#child !== null && !this.#closed) {
      try {
        await this.#call(call, patienceMs);
      } catch (error) {
        this.#log({ event: 'engine.end_unclear', method: call.method, detail: describe(error) });
      }
    }
    this.#lastWord ??= { type: 'closed', reason: 'stopped', detail: 'stopped' };
    await this.#end();
  }

  /** Resolves when the process and what it started have ended, by themselves or by a kill. */
  async #end(): Promise<void> {
    if (this.#child === null) {
      this.#gone.resolve();
      this.#sayClosed('never started');
    }
    try {
      await withDeadline(this.#gone.promise, EXIT_MS, 'ending');
    } catch {
      this.#killAll();
      await this.#gone.promise;
    }
  }

  #killAll(): void {
    this.#child?.kill('SIGKILL');
    if (this.#enginePid !== null) killTree(this.#enginePid);
  }

  async #onExit(detail: string): Promise<void> {
    // With pipes a browser ends with its parent, but a frozen one does not notice it.
    if (this.#enginePid !== null) killTree(this.#enginePid);
    this.#enginePid = null;
    this.#calls.rejectAll(`The engine is gone: ${detail}`);
    if (!(await this.#host.sweep(this.#options.stateDir))) {
      this.#log({ event: 'engine.process_left', detail });
    }
    this.#ended = true;
    this.#tellProcesses();
    this.#sayClosed(detail);
    this.#gone.resolve();
  }

  #sayClosed(detail: string): void {
    this.#calls.rejectAll(`The engine is gone: ${detail}`);
    if (this.#closed) return;
    this.#closed = true;
    this.#tell(this.#lastWord ?? { type: 'closed', reason: 'crashed', detail });
  }

  #call(call: EngineCall, patienceMs: number): Promise<unknown> {
    if (this.#child === null || this.#closed) {
      return Promise.reject(new Error('The engine is not running.'));
    }
    return this.#calls.ask(call, patienceMs);
  }

  #post(message: ToSession): void {
    // A failed write means that the process is ending; its exit rejects every call.
    this.#child?.send(message, () => undefined);
  }

  #tellProcesses(): void {
    const { sessionId, stateDir: profileDir } = this.#options;
    const known = this.#ended ? [] : [this.#child?.pid, this.#enginePid];
    const pids = known.filter((pid): pid is number => typeof pid === 'number');
    this.#deps.onProcesses?.({ sessionId, profileDir, pids });
  }

  #log(entry: Record<string, unknown>): void {
    this.#deps.log({ sessionId: this.#options.sessionId, ...entry });
  }
}
