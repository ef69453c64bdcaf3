import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testPrograms, type TestPrograms } from '../programs/testing/programs.ts';
import { until } from '../testing/until.ts';
import { kill } from './kill-families.ts';
import { lockDirectory } from '../storage/directory-lock.ts';
import { readProcess } from './process-table.ts';

const MAIN = fileURLToPath(new URL('./testing/runner-main.ts', import.meta.url));
const Facts = z.object({ family: z.array(z.number()), supervisor: z.number() });
/** Seconds become tenths: the code is the same. */
const TIMING = { beatMs: 150, hungMs: 3_000, nextBootMs: 300 };

let programs: TestPrograms;
let profileDir: string;
let runner: ChildProcess;
let facts: z.infer<typeof Facts>;

beforeAll(async () => {
  programs = await testPrograms();
});

afterAll(() => programs.remove());

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
  deathUrl?: string;
}): Promise<void> {
  const timing = { ...TIMING, ...task.timing };
  const program = programs.supervisor;
  runner = fork(
    MAIN,
    [JSON.stringify({ program, profileDir, dataDir: profileDir, ...task, timing })],
    {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
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

  it('while its supervisors die far apart', async () => {
    await start({ leaseMs: 30_000, renewEveryMs: 200 });
    for (let deaths = 0; deaths < 3; deaths += 1) {
      const before = facts.supervisor;
      kill(before);
      facts.supervisor = await until('another supervisor', async () => {
        const pid = await supervisorNow();
        return pid !== before && pid;
      });
      runner.send('an hour later');
    }
    expect(running(facts.family)).toHaveLength(3);
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

describe('the death of a runner', () => {
  let edge: Server;
  let told: { signature: string | undefined; familyWasThere: boolean }[];
  beforeEach(async () => {
    told = [];
    edge = createServer((request, response) => {
      const signature = request.headers['signature']?.toString();
      told.push({ signature, familyWasThere: running(facts.family).length > 0 });
      response.end('{}');
    });
    edge.listen(0, '127.0.0.1');
    await once(edge, 'listening');
  });
  afterEach(() => edge.close());
  const deathUrl = (): string =>
    `http://127.0.0.1:${z.object({ port: z.number() }).parse(edge.address()).port}/death`;

  it('is reported with the request that it signed, once none of its sessions’ processes runs', async () => {
    await start({ leaseMs: 30_000, renewEveryMs: null, deathUrl: deathUrl() });
    runner.kill('SIGKILL');
    await until('it is told', () => told.length > 0);
    await until('the supervisor ends too', () => readProcess(facts.supervisor) === null);
    expect(told).toEqual([{ signature: 'by the runner', familyWasThere: false }]);
  });

  it('is not reported once its next boot has locked the disk', async () => {
    await start({ leaseMs: 30_000, renewEveryMs: null, deathUrl: deathUrl() });
    const unlock = lockDirectory(profileDir);
    try {
      runner.kill('SIGKILL');
      await until('the supervisor ends', () => readProcess(facts.supervisor) === null);
      expect(told).toEqual([]);
    } finally {
      unlock();
    }
  });

  it('is reported by a second supervisor too', async () => {
    await start({ leaseMs: 30_000, renewEveryMs: null, deathUrl: deathUrl() });
    kill(facts.supervisor);
    facts.supervisor = await until('another supervisor', async () => {
      const pid = await supervisorNow();
      return pid !== facts.supervisor && pid;
    });
    runner.kill('SIGKILL');
    await until('it is told', () => told.length > 0);
    expect(told[0]?.signature).toBe('by the runner');
  });

  it('is not reported when it ended in order', async () => {
    await start({ leaseMs: 30_000, renewEveryMs: null, deathUrl: deathUrl() });
    runner.send('close');
    await until('the supervisor ends', () => readProcess(facts.supervisor) === null);
    expect(told).toEqual([]);
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
