import type { Log } from '../log.ts';
import {
  machineMs,
  type SignedCall,
  type SupervisorTiming,
  type ToSupervisor,
} from './protocol.ts';
import { SupervisorClient } from './supervisor-client.ts';

const SUPERVISOR_TIMING: SupervisorTiming = {
  beatMs: 1_000,
  hungMs: 15_000,
  nextBootMs: 8_000,
};

export type LeaseFacts = Omit<Extract<ToSupervisor, { type: 'lease' }>, 'type'>;
export type ProcessFacts = { sessionId: string; profileDir: string; pids: readonly number[] };

/** The process that fences a runner's sessions when the runner cannot. */
export type Supervisor = {
  lease(lease: LeaseFacts): void;
  processes(of: ProcessFacts): void;
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
