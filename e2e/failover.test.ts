import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freeze, pidOf, type Site } from './chaos/nemesis.ts';
import { runUnder, SOON_COPIED } from './chaos/run.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { parentOf } from './testing/processes.ts';
import { ownerPid, SessionView } from './testing/session.ts';
import { until } from './testing/until.ts';

const SESSIONS = 6;
/** Traffic before the fault, so that every session has been copied, and after it. */
const BEFORE_MS = 8_000;
const AFTER_MS = 5_000;

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({ environment: SOON_COPIED });
});
afterAll(() => deployment.dispose());

const viewOf = async (id: string) =>
  (await deployment.api.call('GET', `/v1/sessions/${id}`)).data(SessionView);

const allOnline = (
  { sessions }: Site,
  what: string,
  fits: (view: Awaited<ReturnType<typeof viewOf>>) => boolean,
  withinMs: number,
) =>
  until(
    what,
    async () => {
      const views = await Promise.all(sessions.map(({ id }) => viewOf(id)));
      return views.every((view) => view.status === 'online' && fits(view)) ? true : undefined;
    },
    withinMs,
  );

/** Traffic, the fault, what is waited for, and a little more traffic. */
const under = (seed: number, fault: (site: Site) => Promise<string>) =>
  runUnder(deployment, { seed, sessions: SESSIONS }, async (site) => {
    await sleep(BEFORE_MS);
    const at = Date.now();
    const what = await fault(site);
    await sleep(AFTER_MS);
    return [{ at, what }];
  });

const peace = { findings: [], askedForQr: false };

it('a runner killed with -9 that does not come back: its sessions go on at the other', async () => {
  const report = await under(101, async (site) => {
    const [first] = site.sessions;
    const pid = await ownerPid(deployment, first?.id ?? '');
    const dead = (await deployment.facts()).runners.find((runner) => runner.pid === pid)?.id;
    const launcher = await parentOf(pid);
    // What would start it again stands still, as a machine that is gone.
    process.kill(launcher, 'SIGSTOP');
    try {
      process.kill(pid, 'SIGKILL');
      const moved = ({ runner }: { runner: { id: string } | null }) => runner?.id !== dead;
      await allOnline(site, 'all sessions to be online at the other runner', moved, 60_000);
    } finally {
      process.kill(launcher, 'SIGCONT');
    }
    return `${dead} killed`;
  });
  expect(report).toMatchObject(peace);
  expect(report.moves).toBeGreaterThan(0);
});

it('a runner killed with -9 that is started again takes its sessions back', async () => {
  const report = await under(102, async (site) => {
    const [first] = site.sessions;
    const { runner } = await viewOf(first?.id ?? '');
    const pid = await ownerPid(deployment, first?.id ?? '');
    process.kill(pid, 'SIGKILL');
    await until('the next boot to own the session', async () => {
      const view = await viewOf(first?.id ?? '');
      return (view.runner?.epoch ?? 0) > (runner?.epoch ?? 0) ? true : undefined;
    });
    await allOnline(site, 'all sessions to be online again', () => true, 60_000);
    return `${runner?.id} killed`;
  });
  expect(report).toMatchObject(peace);
});

it('a runner stopped for 60 s and continued: nobody has a session twice', async () => {
  const report = await under(103, async (site) => {
    const [first] = site.sessions;
    const pid = await ownerPid(deployment, first?.id ?? '');
    process.kill(pid, 'SIGSTOP');
    await sleep(60_000);
    // Its supervisor ends a runner that stands still, so that it may be gone by now.
    try {
      process.kill(pid, 'SIGCONT');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
    await allOnline(site, 'all sessions to be online', () => true, 60_000);
    return 'a runner stopped for 60 s';
  });
  expect(report).toMatchObject(peace);
});

it('the database gone for two minutes: no session is stolen', async () => {
  const report = await under(104, async (site) => {
    const owners = async () =>
      Promise.all(site.sessions.map(async ({ id }) => (await viewOf(id)).runner?.id));
    const before = await owners();
    await freeze(await pidOf(deployment, 'neon'), 120_000);
    await allOnline(site, 'all sessions to be online again', () => true, 120_000);
    expect(await owners()).toEqual(before);
    return 'database gone for 120 s';
  });
  expect(report).toMatchObject({ ...peace, moves: 0 });
});
