import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProcess } from '../../supervisor/process-table.ts';
import { freeProfile, parseLock, quarantineProfile } from './profile.ts';

let dir: string;
let children: ChildProcess[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'waypost-profile-'));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** A process that looks like a browser on a profile: what counts is its command line. */
async function fakeBrowser(
  profileDir: string,
  first = '',
): Promise<{ child: ChildProcess; pid: number }> {
  const code = `${first} process.stdout.write("up"); setInterval(() => undefined, 1000)`;
  const child = spawn(process.execPath, ['-e', code, '--', `--user-data-dir=${profileDir}`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  if (child.stdout !== null) await once(child.stdout, 'data');
  return { child, pid: child.pid ?? 0 };
}

function lock(owner: string): void {
  symlinkSync(owner, join(dir, 'SingletonLock'));
}

const locked = () => lstatSync(join(dir, 'SingletonLock'), { throwIfNoEntry: false }) !== undefined;

describe('freeProfile', () => {
  it('makes a profile that is not there', async () => {
    const fresh = join(dir, 'a', 'b');
    await freeProfile(fresh);
    expect(existsSync(fresh)).toBe(true);
  });

  it('kills a browser that outlived its runner and removes its lock', async () => {
    const { child, pid } = await fakeBrowser(dir);
    lock(`${hostname()}-${pid}`);
    const exited = once(child, 'exit');
    await freeProfile(dir);
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(locked()).toBe(false);
  });

  it('kills one that has no lock, too', async () => {
    const { child } = await fakeBrowser(dir);
    const exited = once(child, 'exit');
    await freeProfile(dir);
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it('waits until what it killed has ended', async () => {
    for (let round = 0; round < 5; round += 1) {
      // Its command line is empty while its memory is given back, and its files are still open.
      const { pid } = await fakeBrowser(dir, 'globalThis.much = Buffer.alloc(2e8, 1);');
      await freeProfile(dir);
      expect(readProcess(pid)).toBeNull();
    }
  });

  it('spares a process that merely has the pid of the lock', async () => {
    const { child, pid } = await fakeBrowser(`${dir}-of-somebody-else`);
    lock(`${hostname()}-${pid}`);
    await freeProfile(dir);
    expect(child.exitCode).toBeNull();
    expect(child.signalCode).toBeNull();
    expect(locked()).toBe(false);
  });

  it('removes the lock of another host', async () => {
    lock(`some-other-host-${process.pid}`);
    await freeProfile(dir);
    expect(locked()).toBe(false);
  });
});

describe('parseLock', () => {
  it.each([
    ['host-12', { host: 'host', pid: 12 }],
    ['my-host-7', { host: 'my-host', pid: 7 }],
    ['nonsense', null],
    ['', null],
  ])('%s', (target, expected) => {
    expect(parseLock(target)).toEqual(expected);
  });
});

describe('quarantineProfile', () => {
  it('moves the profile aside with everything in it', () => {
    const profile = join(dir, 'profile');
    mkdirSync(profile);
    writeFileSync(join(profile, 'kept'), '');
    const target = quarantineProfile(profile, 1_700_000_000_000);
    expect(target).toBe(`${profile}.quarantine-1700000000000`);
    expect(existsSync(profile)).toBe(false);
    expect(existsSync(join(target, 'kept'))).toBe(true);
  });
});
