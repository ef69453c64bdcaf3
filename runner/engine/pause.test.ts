import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { whilePaused } from './pause.ts';

/** Two processes in a group: each counts as stopped when its state is T. */
let group: ChildProcess;
let leader: number;
beforeEach(async () => {
  group = spawn('/bin/sh', ['-c', 'sleep 600 & wait'], { detached: true, stdio: 'ignore' });
  await once(group, 'spawn');
  leader = group.pid ?? 0;
});
afterEach(() => {
  process.kill(-leader, 'SIGKILL');
});

const stateOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] ?? '';

describe('a paused process group', () => {
  it('stands still while the work is done, and goes on after it', async () => {
    const during = await whilePaused(leader, 2_000, async () => stateOf(leader));
    expect(during).toBe('T');
    await until('it goes on', () => stateOf(leader) === 'S');
  });

  it('goes on when the work fails', async () => {
    const work = whilePaused(leader, 2_000, () => Promise.reject(new Error('no disk')));
    await expect(work).rejects.toThrow('no disk');
    await until('it goes on', () => stateOf(leader) === 'S');
  });

  it('goes on before the end of work that takes too long', async () => {
    const { promise: never, reject } = Promise.withResolvers<void>();
    // Where the cap comes before the browser has stopped, the work is never begun and nobody waits for it.
    never.catch(() => undefined);
    const outcome = whilePaused(leader, 50, () => never).catch((error: unknown) => error);
    await until('it goes on', () => stateOf(leader) === 'S');
    reject(new Error('given up'));
    expect(await outcome).toBeInstanceOf(Error);
  });

  it('says so when it is gone', async () => {
    const gone = spawn('/bin/true', { detached: true, stdio: 'ignore' });
    await once(gone, 'exit');
    await expect(whilePaused(gone.pid ?? 0, 100, async () => 1)).rejects.toMatchObject({
      name: 'PauseError',
    });
  });

  it('goes on although whoever stopped it was killed', async () => {
    const main = fileURLToPath(new URL('./testing/pause-main.ts', import.meta.url));
    const stopper = fork(main, [String(leader)]);
    await once(stopper, 'message');
    expect(stateOf(leader)).toBe('T');
    stopper.kill('SIGKILL');
    await once(stopper, 'exit');
    await until('it goes on', () => stateOf(leader) === 'S');
  });
});
