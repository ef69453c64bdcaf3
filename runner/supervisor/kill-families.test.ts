import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { killFamilies } from './kill-families.ts';
import { parseStat, readProcess, readProcessTable, type Family } from './process-table.ts';

const stateOf = (pid: number): string => parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8')).state;

const LOOKS = 500;
/** Whether a process comes to stand still, without a turn of the event loop: the signal counts when it is next to run. */
function standsStill(pid: number): boolean {
  for (let look = 0; look < LOOKS && stateOf(pid) !== 'T'; look += 1)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  return stateOf(pid) === 'T';
}

let started: ChildProcess[];
beforeEach(() => {
  started = [];
});
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** A process that leads a group, as a browser does, with a child that leads another. */
async function startFamily(): Promise<{ family: Family; root: number; child: number }> {
  const script = 'setsid sleep 60 & echo $!; wait';
  const parent = spawn('sh', ['-c', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(parent);
  const [line] = await once(parent.stdout, 'data');
  const root = parent.pid ?? 0;
  const child = Number(String(line));
  await until('the child to lead a group', () => readProcess(child)?.pgid === child);
  const startedAt = readProcess(root)?.startedAt ?? null;
  return { family: { roots: [{ pid: root, startedAt }], profileDir: null }, root, child };
}

const gone = (pids: number[]) =>
  until('all to be gone', () => pids.every((pid) => readProcess(pid) === null));

describe('families that are killed', () => {
  it('all stand still before the processes are listed, and none is left afterwards', async () => {
    const families = [await startFamily(), await startFamily()];
    const seen: boolean[][] = [];
    const killed = killFamilies(
      families.map(({ family }) => family),
      () => {
        seen.push(families.map(({ root }) => standsStill(root)));
        return readProcessTable();
      },
    );
    expect(seen[0]).toEqual([true, true]);
    const all = families.map(({ root, child }) => [root, child]);
    expect(killed.map((pids) => new Set(pids))).toEqual(all.map((pids) => new Set(pids)));
    await gone(all.flat());
  });

  it('do not include a process that got a pid of theirs', async () => {
    const { root, child } = await startFamily();
    const stale = { roots: [{ pid: root, startedAt: '1' }], profileDir: null };
    expect(killFamilies([stale])).toEqual([[]]);
    await until('both to sleep', () => [root, child].every((pid) => stateOf(pid) === 'S'));
    killFamilies([
      { roots: [root, child].map((pid) => ({ pid, startedAt: null })), profileDir: null },
    ]);
    await gone([root, child]);
  });
});
