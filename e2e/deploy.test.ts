import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { allOnline, PEACE, viewOf } from './chaos/fault.ts';
import type { Site } from './chaos/nemesis.ts';
import { readViolations } from './chaos/observe.ts';
import { runUnder, SOON_COPIED } from './chaos/run.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { flyOf } from './testing/fly.ts';
import { MessageView } from './testing/session.ts';
import { until } from './testing/until.ts';

const NEXT_IMAGE = 'waypost-runner:next';
/** Less than a machine carries, so that it counts when one gets all that another had. */
const START_CAP = 1;

let deployment: Deployment;
let fly: Awaited<ReturnType<typeof flyOf>>;
beforeAll(async () => {
  deployment = await startDeployment({
    environment: {
      ...SOON_COPIED,
      WAYPOST_FLEET: 'fly',
      RUNNER_MAX_SESSIONS: '2',
      RUNNER_START_CAP: String(START_CAP),
    },
  });
  fly = await flyOf(deployment);
});
afterAll(() => deployment.dispose());

const online = (site: Site) => allOnline(site, 'all sessions to be online', () => true, 60_000);
const ownerOf = async (sessionId: string): Promise<string> =>
  (await viewOf(deployment, sessionId)).runner?.id ?? '';

/** The most browsers that a runner was starting at once, by what it logged. */
function mostStarting(log: string): number {
  let starting = 0;
  let most = 0;
  for (const line of log.split('\n')) {
    if (line.includes('"event":"engine.starting"')) starting += 1;
    if (line.includes('"event":"engine.started"')) starting -= 1;
    most = Math.max(most, starting);
  }
  return most;
}

it('a rolling deploy under load: every machine is replaced, and nothing is lost, doubled or left in doubt', async () => {
  const report = await runUnder(deployment, { seed: 201, sessions: 3 }, async (site) => {
    await fly.copied(site.sessions);
    const before = (await fly.machines()).map(({ id }) => id);
    const at = Date.now();
    await fly.deploy(NEXT_IMAGE);
    await fly.until(
      'every machine to be of the new image',
      async () => {
        const machines = await fly.machines();
        const over = machines.every(
          ({ id, image }) => image === NEXT_IMAGE && !before.includes(id),
        );
        return over && machines.length > 0 ? true : undefined;
      },
      150_000,
    );
    await online(site);
    // In an orderly move the newest keys go along.
    expect(await readViolations(site.sessions)).toEqual([]);
    for (const { id } of await fly.machines())
      expect(mostStarting(await fly.logOf(id))).toBe(START_CAP);
    return [{ at, what: `${before.length} machines replaced` }];
  });
  expect(report).toMatchObject({ ...PEACE, unknown: 0 });
  expect(report.moves).toBeGreaterThanOrEqual(3);
}, 400_000);

it('a machine that gets less time than its drain takes: killed in the middle of it, as in a crash', async () => {
  await fly.killAfter(1_000);
  const report = await runUnder(deployment, { seed: 202, sessions: 2 }, async (site) => {
    await fly.copied(site.sessions);
    const [first] = site.sessions;
    if (first === undefined) throw new Error('no session');
    const machine = await ownerOf(first.id);
    // Its sends take longer than the machine will get, so that the drain cannot be over.
    await first.phone.faults({ ...first.at, sendLatencyMs: 5_000 });
    await until('a send to be under way', async () => {
      const path = `/v1/messages?status=sending&sessionId=${first.id}`;
      const listed = await deployment.api.call('GET', path);
      return listed.data(z.array(MessageView)).length > 0 ? true : undefined;
    });
    const at = Date.now();
    await fly.stop(machine);
    await fly.until('the machine to be killed and replaced', async () =>
      (await fly.machines()).some(({ id }) => id === machine) ? undefined : true,
    );
    await first.phone.faults({ ...first.at, sendLatencyMs: 0 });
    const log = await fly.logOf(machine);
    expect(log).toContain('runner.draining');
    expect(log).not.toContain('runner.stopped');
    await online(site);
    return [{ at, what: `${machine} killed while it drained` }];
  });
  expect(report).toMatchObject(PEACE);
  expect(report.moves).toBeGreaterThan(0);
}, 300_000);
