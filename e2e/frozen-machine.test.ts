import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allOnline, PEACE, viewOf } from './chaos/fault.ts';
import { runUnder, SOON_COPIED } from './chaos/run.ts';
import type { ChaosSession } from './chaos/traffic.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { flyOf } from './testing/fly.ts';
import { browsersUnder } from './testing/processes.ts';
import { until } from './testing/until.ts';

/** A runner ends its browsers 20 s after the request that last renewed their leases. */
const FENCED_MS = 21_000;

let deployment: Deployment;
let fly: Awaited<ReturnType<typeof flyOf>>;
beforeAll(async () => {
  deployment = await startDeployment({
    environment: { ...SOON_COPIED, WAYPOST_FLEET: 'fly', RUNNER_MAX_SESSIONS: '2' },
  });
  fly = await flyOf(deployment);
});
afterAll(() => deployment.dispose());

/** The machine that has the first session, and all the sessions that it has. */
async function machineOf(sessions: readonly ChaosSession[]) {
  const owners = await Promise.all(
    sessions.map(async (session) => ({ session, ...(await viewOf(deployment, session.id)) })),
  );
  const machine = owners[0]?.runner?.id ?? '';
  const carried = owners.filter(({ runner }) => runner?.id === machine);
  return { machine, carried };
}

/** What stands still answers nobody, and those at the other end of its lines give up. */
const loseLines = (sessions: readonly ChaosSession[]) =>
  Promise.all(
    sessions.map(({ phone, at }) => phone.network({ ...at, online: false, forMs: 1_000 })),
  );

const since = (moment: number, ms: number) =>
  until(
    `${ms} ms to pass`,
    async () => (Date.now() >= moment + ms ? true : undefined),
    ms + 10_000,
  );

/** Processes of browsers whose profile is on this disk. */
const browsersOn = (disk: string) =>
  browsersUnder(join(deployment.directory, 'data', 'fly', 'disks', disk, '/'));

it('a machine that its platform moves: the next boot has its sessions, and the one before is refused everything', async () => {
  const report = await runUnder(deployment, { seed: 203, sessions: 2 }, async (site) => {
    await fly.copied(site.sessions);
    const { machine, carried } = await machineOf(site.sessions);
    const sessions = carried.map(({ session }) => session);
    const at = Date.now();
    await fly.migrate(machine);
    await loseLines(sessions);
    const epochs = new Map(carried.map(({ session, runner }) => [session.id, runner?.epoch ?? 0]));
    await allOnline(
      site,
      'its sessions to be online with the next boot',
      ({ id, runner }) => !epochs.has(id) || (runner?.epoch ?? 0) > (epochs.get(id) ?? 0),
      60_000,
    );
    for (const { id } of sessions) expect((await viewOf(deployment, id)).runner?.id).toBe(machine);

    expect(await browsersOn(machine)).not.toEqual([]);
    await since(at, FENCED_MS);
    const logged = (await fly.logOf(machine)).length;
    await fly.rejoin();
    await until('the browsers that were left behind to be dead', async () =>
      (await browsersOn(machine)).length === 0 ? true : undefined,
    );
    await until('the boot before to hear that it lost them', async () => {
      const since = (await fly.logOf(machine)).slice(logged);
      return sessions.every(({ id }) =>
        since.split('\n').some((line) => line.includes('session.lost') && line.includes(id)),
      )
        ? true
        : undefined;
    });
    await allOnline(site, 'all sessions to be online', () => true, 60_000);
    return [{ at, what: `${machine} moved` }];
  });
  expect(report).toMatchObject(PEACE);
}, 300_000);

it('a machine that somebody suspends: not dead while a browser of it could wake, and fenced when it does', async () => {
  const report = await runUnder(deployment, { seed: 204, sessions: 2 }, async (site) => {
    await fly.copied(site.sessions);
    const { machine, carried } = await machineOf(site.sessions);
    const sessions = carried.map(({ session }) => session);
    // It cannot be removed, so that it wakes one day.
    await fly.fail([{ action: 'delete', status: 409, times: 1_000 }]);
    const at = Date.now();
    await fly.suspend(machine);
    await loseLines(sessions);

    const moved = await fly.until('its sessions to be online elsewhere', async () => {
      const views = await Promise.all(sessions.map(({ id }) => viewOf(deployment, id)));
      const elsewhere = views.filter(({ runner }) => runner !== null && runner.id !== machine);
      return elsewhere.length === views.length && views.every(({ status }) => status === 'online')
        ? Date.now()
        : undefined;
    });
    // Not before its own clocks would have ended its browsers, had it been awake.
    expect(moved - at).toBeGreaterThan(FENCED_MS);

    expect(await browsersOn(machine)).not.toEqual([]);
    await fly.start(machine);
    await until('the browsers that slept to be dead', async () =>
      (await browsersOn(machine)).length === 0 ? true : undefined,
    );
    await fly.fail([]);
    await allOnline(site, 'all sessions to be online', ({ runner }) => runner !== null, 60_000);
    return [{ at, what: `${machine} suspended` }];
  });
  expect(report).toMatchObject(PEACE);
  expect(report.moves).toBeGreaterThan(0);
}, 300_000);
