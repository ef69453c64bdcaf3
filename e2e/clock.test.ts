import { afterAll, beforeAll, expect, it } from 'vitest';
import { allOnline, PEACE, under, viewOf } from './chaos/fault.ts';
import { SOON_COPIED } from './chaos/run.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { sized } from './testing/env.ts';
import { doubleOwners, watchBrowsers } from './testing/live-processes.ts';
import { type OneMoreRunner, startOneMoreRunner, wake } from './testing/more-runners.ts';
import { onlineSession } from './testing/session.ts';
import { until } from './testing/until.ts';

const WRONG = [
  { runnerId: 'runner-ahead', offMs: 300_000, heard: 'ahead' },
  { runnerId: 'runner-behind', offMs: -300_000, heard: 'behind' },
];

/** One at each runner, at least. */
const SESSIONS = sized(3, 6);

let deployment: Deployment;
let runners: (OneMoreRunner & (typeof WRONG)[number])[];
beforeAll(async () => {
  deployment = await startDeployment({ environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '1' } });
  runners = await Promise.all(
    WRONG.map(async (wrong) => ({
      ...wrong,
      ...(await startOneMoreRunner(deployment, wrong.runnerId)),
    })),
  );
});
afterAll(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
  await deployment.dispose();
});

it('runners whose clocks go wrong by five minutes, one ahead and one behind, give their sessions up, say so once, and take part again', async () => {
  const stop = new AbortController();
  const watching = watchBrowsers(deployment.directory, stop.signal);
  const report = await under(deployment, { seed: 105, sessions: SESSIONS }, async (site) => {
    const owners = await Promise.all(site.sessions.map(({ id }) => viewOf(deployment, id)));
    const wrongIds = runners.map(({ runnerId }) => runnerId);
    expect(owners.map((view) => view.runner?.id)).toEqual(expect.arrayContaining(wrongIds));
    const before = runners.map((runner) => runner.logged().length);
    await Promise.all(runners.map((runner) => runner.setClockWrong(runner.offMs)));

    // The edge knocks with the right time, which is out of date by those clocks.
    for (const runner of runners)
      await until('the edge is refused', async () => {
        const refused = await wake(deployment, runner);
        expect(refused.status).toBe(401);
        expect(await refused.json()).toMatchObject({
          error: { code: 'UNAUTHORIZED', details: { reason: 'expired' } },
        });
        return true;
      });
    const elsewhere = (view: { runner: { id: string } | null }) =>
      !wrongIds.includes(view.runner?.id ?? '');
    await allOnline(site, 'all sessions to be online at the right runner', elsewhere, 90_000);

    for (const [index, { logged, offMs, heard }] of runners.entries()) {
      const since = logged().slice(before[index]);
      const wrong = since.filter(({ event }) => event === 'runner.clock_wrong');
      expect(wrong).toHaveLength(1);
      expect(Math.abs(Number(wrong[0]?.['skewSeconds']) - offMs / 1_000)).toBeLessThanOrEqual(2);
      expect(wrong[0]?.['advice']).toContain(heard);
      // The clock is wrong for half a minute and more here, with a try every five seconds at least.
      const tries = since.filter(({ event }) => /^(heartbeat|spool)\.\w*failed$/.test(event));
      expect(tries.length).toBeLessThan(12);
    }

    for (const { runnerId, logged, setClockWrong } of runners) {
      await setClockWrong(0);
      await until(`${runnerId} says that its clock is right`, () =>
        Promise.resolve(
          logged().some(({ event }) => event === 'runner.clock_right') ? true : undefined,
        ),
      );
    }
    return 'two clocks five minutes off';
  });
  const takers = [];
  for (const name of ['after-1', 'after-2']) {
    const { id } = await onlineSession(deployment, name);
    takers.push((await viewOf(deployment, id)).runner?.id);
  }
  expect(new Set(takers)).toEqual(new Set(runners.map(({ runnerId }) => runnerId)));
  stop.abort();
  expect(doubleOwners(await watching)).toEqual([]);
  expect(report).toMatchObject(PEACE);
  expect(report.moves).toBeGreaterThan(0);
});

it('a runner that starts with a wrong clock is refused with the reason, and owns nothing until the clock is right', async () => {
  const late = await startOneMoreRunner(deployment, 'runner-late', { clockOffMs: 300_000 });
  try {
    await until('it says so', () =>
      Promise.resolve(
        late.logged().some(({ event }) => event === 'runner.clock_wrong') ? true : undefined,
      ),
    );
    const [failed] = late.logged().filter(({ event }) => event === 'heartbeat.failed');
    expect(failed?.['error']).toContain('refused with 401 (expired)');
    const { id } = await onlineSession(deployment, 'while-late');
    expect((await viewOf(deployment, id)).runner?.id).not.toBe(late.runnerId);
    await late.setClockWrong(0);
    await until('it takes part', async () => {
      const { id: next } = await onlineSession(deployment, `late-${Date.now()}`);
      const owner = (await viewOf(deployment, next)).runner?.id;
      return owner === late.runnerId ? true : undefined;
    });
  } finally {
    await late.stop();
  }
});
