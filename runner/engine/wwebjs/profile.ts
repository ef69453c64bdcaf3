import { lstatSync, mkdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { until } from '../wait.ts';
import { readProcess, type ProcessRow } from '../../supervisor/process-table.ts';
import { commandLine, killTree, processesOfProfile, usesProfile } from '../process-tree.ts';

const LOCK_FILES = ['SingletonLock', 'SingletonCookie', 'SingletonSocket'];

/**
 * Makes a profile directory usable: a browser that outlived its runner is killed, a lock that nobody holds is removed.
 * A lock of another host cannot be checked; the lease already says that this runner is the only owner.
 */
export async function freeProfile(profileDir: string): Promise<void> {
  mkdirSync(profileDir, { recursive: true });
  const owner = lockOwner(profileDir);
  const isOurs = owner !== null && owner.host === hostname();
  const named = isOurs && usesProfile(commandLine(owner.pid), profileDir) ? [owner.pid] : [];
  await killAll(profileDir, [...named, ...processesOfProfile(profileDir)]);
  for (const file of LOCK_FILES) rmSync(join(profileDir, file), { force: true });
}

/** Kills whatever still runs on this profile, and waits until it is gone. @returns false when it stays */
export function killProfileProcesses(profileDir: string): Promise<boolean> {
  return killAll(profileDir, processesOfProfile(profileDir));
}

/** Waits for the processes themselves: one that ends has its files open for some time after its command line is empty. */
function killAll(profileDir: string, pids: readonly number[]): Promise<boolean> {
  const killed = pids.flatMap((pid) => readProcess(pid) ?? []);
  for (const pid of pids) killTree(pid);
  const isGone = ({ pid, startedAt }: ProcessRow): boolean =>
    readProcess(pid)?.startedAt !== startedAt;
  return until(() => killed.every(isGone) && processesOfProfile(profileDir).length === 0, 5_000);
}

/** Chromium's lock is a symbolic link that reads `host-pid`. */
export function parseLock(target: string): { host: string; pid: number } | null {
  const match = /^(.+)-(\d+)$/.exec(target);
  return match?.[1] === undefined ? null : { host: match[1], pid: Number(match[2]) };
}

function lockOwner(profileDir: string): { host: string; pid: number } | null {
  const path = join(profileDir, 'SingletonLock');
  try {
    return lstatSync(path).isSymbolicLink() ? parseLock(readlinkSync(path)) : null;
  } catch {
    return null;
  }
}

/**
 * Moves a profile aside instead of deleting it, so that a wrong "logged out" can still be looked into.
 * @returns where it went, `<profileDir>.quarantine-<unix ms>`
 */
export function quarantineProfile(profileDir: string, now: number): string {
  const target = `${profileDir}.quarantine-${now}`;
  renameSync(profileDir, target);
  return target;
}
