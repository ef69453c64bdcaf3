import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { FileLockedError, isFileLocked, lockFile } from './file-lock.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'waypost-lock-'));
  file = join(dir, 'folder', 'a.lock');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A process that has the lock. A byte on its input makes it give the lock back, `afterMs` later. */
async function holder(afterMs: number) {
  const program = `
    import { lockFile } from '${new URL('./file-lock.ts', import.meta.url).href}';
    const unlock = lockFile(${JSON.stringify(file)});
    process.stdin.once('data', () => setTimeout(unlock, ${afterMs}));
    process.stdout.write('locked');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

describe('the lock of a file', () => {
  it('is for one process at a time, and free once that one is dead', async () => {
    expect(isFileLocked(file)).toBe(false);
    const child = await holder(0);
    expect(isFileLocked(file)).toBe(true);
    expect(() => lockFile(file)).toThrow(FileLockedError);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isFileLocked(file)).toBe(false);
    const unlock = lockFile(file);
    expect(isFileLocked(file)).toBe(true);
    unlock();
    expect(isFileLocked(file)).toBe(false);
  });

  it('is waited for', async () => {
    const child = await holder(300);
    // The thread blocks while it waits, so that the other process must end by itself.
    child.stdin.write('.');
    const unlock = lockFile(file, 10_000);
    expect(isFileLocked(file)).toBe(true);
    unlock();
  });

  it('is waited for no longer than was said', async () => {
    await holder(0);
    expect(() => lockFile(file, 100)).toThrow(FileLockedError);
  });
});
