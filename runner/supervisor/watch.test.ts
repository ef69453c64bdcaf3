import { beforeEach, describe, expect, it } from 'vitest';
import type { FromSupervisor, ToSupervisor } from './protocol.ts';
import { Watch } from './watch.ts';

let now: number;
/** By which the wall clock is ahead of the other. */
let aheadMs: number;
let acts: string[];
let said: FromSupervisor[];
let alive: Map<number, string>;
let watch: Watch;

beforeEach(() => {
  now = 1_000_000;
  aheadMs = 0;
  acts = [];
  said = [];
  alive = new Map([
    [10, 'ten'],
    [11, 'eleven'],
  ]);
  watch = new Watch({
    options: { runnerPid: 2, beatMs: 1_000, hungMs: 15_000, nextBootMs: 8_000 },
    now: () => now,
    wall: () => now + aheadMs,
    identify: (pid) => alive.get(pid),
    killFamilies: (families) =>
      families.map(({ roots, profileDir }) => {
        const named = roots.map(({ pid, startedAt }) => `${pid}/${startedAt}`).join();
        acts.push(`kill ${profileDir} ${named}`);
        return roots.map(({ pid }) => pid);
      }),
    killRunner: () => acts.push('kill runner'),
    say: (message) => said.push(message),
  });
});

const lease = (deadline: number, sessionId = 'a'): ToSupervisor => ({
  type: 'lease',
  sessionId,
  epoch: 7,
  deadline,
  wallDeadline: deadline + aheadMs,
});
const processes = (pids: number[], sessionId = 'a'): ToSupervisor => ({
  type: 'processes',
  sessionId,
  profileDir: `/${sessionId}`,
  pids,
});

/** Lets time pass as a process sees it that is awake, beside a runner that beats, or hangs. */
function pass(ms: number, runner: 'beats' | 'hangs' = 'beats'): void {
  const end = now + ms;
  while (now < end) {
    now = Math.min(end, now + watch.check());
    if (runner === 'beats') watch.hear({ type: 'beat' });
    else watch.check();
  }
  said = said.filter(({ type }) => type !== 'alive');
}

describe('a session', () => {
  it('is killed at its deadline, not before, and once', () => {
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10, 11]));
    pass(19_999);
    expect(acts).toEqual([]);
    pass(1);
    expect(acts).toEqual(['kill /a 10/ten,11/eleven']);
    expect(said).toEqual([
      { type: 'killed', sessionId: 'a', epoch: 7, why: 'deadline', pids: [10, 11] },
    ]);
    pass(1_000);
    expect(acts).toHaveLength(1);
  });

  it('lives on when its lease is renewed in time', () => {
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10]));
    pass(15_000);
    watch.hear(lease(now + 20_000));
    pass(14_999);
    expect(acts).toEqual([]);
  });

  it('dies before a renewal is heard that comes after its deadline', () => {
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10]));
    now += 60_000;
    watch.hear(lease(now + 20_000));
    expect(acts).toEqual(['kill /a 10/ten']);
  });

  it('dies when the machine slept past its deadline, by the clock that went on', () => {
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10]));
    pass(1_000);
    aheadMs += 60_000;
    pass(1_000);
    expect(acts).toEqual(['kill /a 10/ten']);
  });

  it.each([-300_000, 300_000])('does not mind a wall clock that is off by %i ms', (offMs) => {
    aheadMs = offMs;
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10]));
    pass(19_999);
    expect(acts).toEqual([]);
    pass(1);
    expect(acts).toHaveLength(1);
  });

  it('does not outlive its deadline when the wall clock is put back', () => {
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10]));
    aheadMs -= 300_000;
    pass(20_000);
    expect(acts).toHaveLength(1);
  });

  it('dies at once when it has no lease, or one that is over', () => {
    watch.hear(processes([10]));
    expect(acts).toEqual(['kill /a 10/ten']);
    watch.hear(lease(now - 1, 'b'));
    watch.hear(processes([11], 'b'));
    expect(acts).toEqual(['kill /a 10/ten', 'kill /b 11/eleven']);
  });

  it('is left alone when nothing of it runs', () => {
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10]));
    watch.hear(processes([]));
    pass(30_000);
    watch.hear({ type: 'release', sessionId: 'a' });
    expect(acts).toEqual([]);
  });

  it('that is released leaves nothing behind', () => {
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10]));
    watch.hear({ type: 'release', sessionId: 'a' });
    expect(said).toMatchObject([{ why: 'released', pids: [10] }]);
  });

  it('does not wait for another one', () => {
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10]));
    watch.hear(lease(now + 5_000, 'b'));
    watch.hear(processes([11], 'b'));
    pass(5_000);
    expect(acts).toEqual(['kill /b 11/eleven']);
  });

  it('forgets a process that was gone before it was told of it', () => {
    watch.hear(lease(now + 1_000));
    watch.hear(processes([10, 99]));
    pass(1_000);
    expect(acts).toEqual(['kill /a 10/ten']);
  });
});

describe('the runner', () => {
  it('is answered each beat', () => {
    watch.hear({ type: 'beat' });
    expect(said).toEqual([{ type: 'alive' }]);
  });

  it('that is silent lives until the last lease is over, and is killed once', () => {
    watch.hear(lease(now + 30_000));
    watch.hear(processes([10]));
    pass(29_999, 'hangs');
    expect(acts).toEqual([]);
    pass(60_000, 'hangs');
    expect(acts).toEqual(['kill /a 10/ten', 'kill runner']);
  });

  it('that is silent and holds nothing is killed after 15 s', () => {
    pass(14_999, 'hangs');
    expect(acts).toEqual([]);
    pass(1, 'hangs');
    expect(acts).toEqual(['kill runner']);
  });

  it('is not blamed for a silence that the supervisor slept through', () => {
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10]));
    now += 600_000;
    watch.check();
    watch.hear({ type: 'beat' });
    pass(14_000, 'hangs');
    expect(acts).toEqual(['kill /a 10/ten']);
  });

  it('takes everything with it when it ends', () => {
    watch.hear(lease(now + 20_000));
    watch.hear(processes([10]));
    watch.hear(lease(now + 20_000, 'b'));
    watch.hear(processes([11], 'b'));
    watch.end();
    expect(said).toMatchObject([
      { sessionId: 'a', why: 'runner_gone' },
      { sessionId: 'b', why: 'runner_gone' },
    ]);
  });
});

it('a session whose lease was renewed while the supervisor came up lives', () => {
  watch.catchUp([lease(now - 1), processes([10]), { type: 'beat' }, lease(now + 20_000)]);
  expect(acts).toEqual([]);
  pass(20_000);
  expect(acts).toEqual(['kill /a 10/ten']);
});

it('one whose lease was not dies at once', () => {
  watch.catchUp([lease(now - 1), processes([10]), { type: 'beat' }]);
  expect(acts).toEqual(['kill /a 10/ten']);
});
