import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { until } from '../testing/until.ts';
import { kill } from './kill-family.ts';
import { readProcess } from './process-table.ts';

const MAIN = fileURLToPath(new URL('./testing/runner-main.ts', import.meta.url));
const Facts = z.object({ family: z.array(z.number()), supervisor: z.number() });
/** Seconds become tenths: the code is the same. */
const TIMING = { beatMs: 150, hungMs: 3_000 };

let profileDir: string;
let runner: ChildProcess;
let facts: z.infer<typeof Facts>;

beforeEach(() => {
  profileDir = mkdtempSync(join(tmpdir(), 'waypost-supervised-'));
});

afterEach(async () => {
  if (runner.exitCode === null && runner.signalCode === null) {
    const gone = once(runner, 'exit');
    runner.kill('SIGKILL');
    await gone;
  }
  const all = [...facts.family, facts.supervisor];
  try {
    await until('nothing is left', () => running(all).length === 0);
  } finally {
    for (const pid of running(all)) kill(pid);
    rmSync(profileDir, { recursive: true, force: true });
  }
});

const running = (pids: readonly number[]): number[] =>
  pids.filter((pid) => readProcess(pid) !== null);

async function start(task: {
  leaseMs: number;
  renewEveryMs: number | null;
  timing?: Partial<typeof TIMING>;
}): Promise<void> {
  const timing = { ...TIMING, ...task.timing };
  runner = fork(MAIN, [JSON.stringify({ profileDir, ...task, timing })], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [message] = await once(runner, 'message');
  facts = Facts.parse(message);
  expect(running(facts.family)).toHaveLength(3);
}

const supervisorNow = async (): Promise<number> => {
  runner.send('say supervisor');
  const [message] = await once(runner, 'message');
  return Facts.parse(message).supervisor;
};

const familyDies = (): Promise<unknown> =>
  until('the family is dead', () => running(facts.family).length === 0);

describe('a session dies at its deadline', () => {
  it('while its runner is stopped, and the runner goes on afterwards', async () => {
    await start({ leaseMs: 2_500, renewEveryMs: 200, timing: { hungMs: 60_000 } });
    runner.kill('SIGSTOP');
    await familyDies();
    runner.kill('SIGCONT');
    expect(await supervisorNow()).toBe(facts.supervisor);
  });

  it('while its runner’s event loop is blocked, and then the runner dies', async () => {
    await start({ leaseMs: 2_500, renewEveryMs: 200 });
    const exited = once(runner, 'exit');
    runner.send(60_000);
    await familyDies();
    expect(await exited).toEqual([null, 'SIGKILL']);
    await until('the supervisor ends too', () => readProcess(facts.supervisor) === null);
  });

  it('even when its own processes are stopped', async () => {
    await start({ leaseMs: 2_500, renewEveryMs: null });
    for (const pid of facts.family) process.kill(pid, 'SIGSTOP');
    await familyDies();
    expect(runner.exitCode).toBeNull();
  });

  it('when it was asleep itself, before it reads what waits', async () => {
    await start({ leaseMs: 2_500, renewEveryMs: null, timing: { hungMs: 60_000 } });
    process.kill(facts.supervisor, 'SIGSTOP');
    runner.kill('SIGSTOP');
    const over = performance.now() + 2_700;
    await until('the deadline has passed', () => performance.now() > over);
    expect(running(facts.family)).toHaveLength(3);
    process.kill(facts.supervisor, 'SIGCONT');
    await familyDies();
    runner.kill('SIGCONT');
    expect(await supervisorNow()).toBe(facts.supervisor);
  });
});

describe('a session lives', () => {
  it('as long as its lease is renewed', async () => {
    await start({ leaseMs: 2_500, renewEveryMs: 100 });
    const end = performance.now() + 5_500;
    await until('two leases have passed', () => {
      expect(running(facts.family)).toHaveLength(3);
      return performance.now() > end;
    });
  });

  it('while its supervisor dies once and is started again; the second death ends the runner', async () => {
    await start({ leaseMs: 30_000, renewEveryMs: 200 });
    kill(facts.supervisor);
    const second = await until('another supervisor', async () => {
      const pid = await supervisorNow();
      return pid !== facts.supervisor && pid;
    });
    expect(running(facts.family)).toHaveLength(3);

    const exited = once(runner, 'exit');
    kill(second);
    expect(await exited).toEqual([3, null]);
    // The stand-in ends without closing anything; a real runner kills its engines first.
    for (const pid of facts.family) kill(pid);
  });

  it('not longer than its runner: a killed one takes it along, though the second supervisor never saw it start', async () => {
    await start({ leaseMs: 30_000, renewEveryMs: null });
    kill(facts.supervisor);
    facts.supervisor = await until('another supervisor', async () => {
      const pid = await supervisorNow();
      return pid !== facts.supervisor && pid;
    });
    expect(running(facts.family)).toHaveLength(3);
    runner.kill('SIGKILL');
    await familyDies();
  });
});

it('a supervisor that answers no more is replaced', async () => {
  await start({ leaseMs: 30_000, renewEveryMs: null });
  process.kill(facts.supervisor, 'SIGSTOP');
  const first = facts.supervisor;
  facts.supervisor = await until('another supervisor', async () => {
    const pid = await supervisorNow();
    return pid !== first && pid;
  });
  expect(running([first])).toEqual([]);
  expect(running(facts.family)).toHaveLength(3);
});
