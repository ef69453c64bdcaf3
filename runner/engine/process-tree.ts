import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** The command line of a process, or null when there is none with this pid (a zombie has none either). */
export function commandLine(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return text === '' ? null : text;
  } catch {
    return process.platform === 'linux' ? null : commandLineByPs(pid);
  }
}

function commandLineByPs(pid: number): string | null {
  try {
    const text = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
    }).trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}

/** Pids whose command line names this profile directory; empty where there is no /proc to look in. */
export function processesOfProfile(profileDir: string): number[] {
  let entries: string[];
  try {
    entries = readdirSync('/proc');
  } catch {
    return [];
  }
  return entries
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => usesProfile(commandLine(pid), profileDir));
}

export function usesProfile(command: string | null, profileDir: string): boolean {
  return command !== null && `${command} `.includes(`--user-data-dir=${profileDir} `);
}

/** SIGKILLs the process group that `pid` leads (puppeteer starts browsers so), then `pid` itself. */
export function killTree(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ESRCH';
}
