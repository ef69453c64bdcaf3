import { lstatSync, mkdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { until } from '../wait.ts';
import { commandLine, killTree, processesOfProfile, usesProfile } from '../process-tree.ts';

const LOCK_FILES = ['SingletonLock', 'SingletonCookie', 'SingletonSocket'];

/**
 * Makes a profile directory usable: a browser that outlived its runner is killed, a lock that nobody holds is removed.
 * A lock of another host cannot be checked; the lease already says that this runner is the only owner.
 */
export async function freeProfile(profileDir: string): Promise<void> {
  mkdirSync(profileDir, { recursive: true });
  const owner = lockOwner(profileDir);
  if (owner !== null && owner.host === hostname()) {
    if (usesProfile(commandLine(owner.pid), profileDir)) killTree(owner.pid);
  }
  await killProfileProcesses(profileDir);
  for (const file of LOCK_FILES) rmSync(join(profileDir, file), { force: true });
}

/** Kills whatever still runs on this profile, and waits until it is gone. */
export async function killProfileProcesses(profileDir: string): Promise<boolean> {
  for (const pid of processesOfProfile(profileDir)) killTree(pid);
  return until(() => processesOfProfile(profileDir).length === 0, 5_000);
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
