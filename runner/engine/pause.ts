import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** After this long the group goes on even when this process is dead or its loop is blocked. */
const WATCHDOG_SECONDS = 1;
/** A signal reaches every thread within microseconds; a write to a slow disk is finished first. */
const STOP_WITHIN_MS = 100;
const RUNS_ON = new Set(['R', 'S', 'D']);

export class PauseError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'PauseError';
  }
}

/**
 * Stops a process group for the time of `work`, for `capMs` at most: then it goes on and the work counts as failed, since
 * what it read may have changed under it. A helper process that needs nothing of this one lets the group go on in any case,
 * because a supervisor that only kills would end a browser which is merely asleep.
 * @throws PauseError when the group could not be stopped, or not for long enough
 */
export async function whilePaused<T>(
  leader: number,
  capMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const letGo = await startWatchdog(leader);
  const members = groupMembers(leader);
  const cap = new AbortController();
  const goOn = (): boolean => signalGroup(leader, 'SIGCONT');
  const timer = setTimeout(() => {
    goOn();
    cap.abort(new PauseError(`the copy took longer than ${capMs} ms`));
  }, capMs);
  const began = performance.now();
  try {
    if (!signalGroup(leader, 'SIGSTOP')) throw new PauseError('the engine is gone');
    await untilStopped(members, cap.signal);
    const result = await work(cap.signal);
    cap.signal.throwIfAborted();
    if (performance.now() - began > capMs)
      throw new PauseError(`the copy took longer than ${capMs} ms`);
    return result;
  } finally {
    clearTimeout(timer);
    goOn();
    letGo();
  }
}

/** A group of its own, so that nothing that ends this process or the browser ends it. */
async function startWatchdog(leader: number): Promise<() => void> {
  const script = `sleep ${WATCHDOG_SECONDS}; kill -s CONT -- -${leader}`;
  const watchdog = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  await once(watchdog, 'spawn');
  watchdog.unref();
  return () => {
    if (watchdog.pid !== undefined) signalGroup(watchdog.pid, 'SIGKILL');
  };
}

async function untilStopped(members: readonly number[], signal: AbortSignal): Promise<void> {
  const end = performance.now() + STOP_WITHIN_MS;
  while (members.some(runs)) {
    signal.throwIfAborted();
    if (performance.now() > end) throw new PauseError('the engine did not stop');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** @returns false when there is no such group */
function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** Pids of a process group; empty where there is no /proc, and a stop is then taken on trust. */
function groupMembers(leader: number): number[] {
  return entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(`/proc/${pid}/stat`)?.group === leader);
}

/** Whether any thread of a process still runs. */
function runs(pid: number): boolean {
  return entries(`/proc/${pid}/task`).some((thread) =>
    RUNS_ON.has(statOf(`/proc/${pid}/task/${thread}/stat`)?.state ?? ''),
  );
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** After the command's name in parentheses: state, parent, process group. @see man 5 proc_pid_stat */
function statOf(path: string): { state: string; group: number } | null {
  try {
    const text = readFileSync(path, 'utf8');
    const [state = '', , group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, group: Number(group) };
  } catch {
    return null;
  }
}
