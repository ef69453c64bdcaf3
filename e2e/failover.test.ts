import { afterAll, beforeAll, expect, it } from 'vitest';
import { allOnline, PEACE, under, viewOf } from './chaos/fault.ts';
import { SOON_COPIED } from './chaos/run.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { parentOf } from './testing/processes.ts';
import { ownerPid } from './testing/session.ts';
import { until } from './testing/until.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({ environment: SOON_COPIED });
});
afterAll(() => deployment.dispose());

it('a runner killed with -9 that does not come back: its sessions go on at the other', async () => {
  const report = await under(deployment, 101, async (site) => {
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
  expect(report).toMatchObject(PEACE);
  expect(report.moves).toBeGreaterThan(0);
});

it('a runner killed with -9 that is started again takes its sessions back', async () => {
  const report = await under(deployment, 102, async (site) => {
    const [first] = site.sessions;
    const { runner } = await viewOf(deployment, first?.id ?? '');
    const pid = await ownerPid(deployment, first?.id ?? '');
    process.kill(pid, 'SIGKILL');
    await until('the next boot to own the session', async () => {
      const view = await viewOf(deployment, first?.id ?? '');
      return (view.runner?.epoch ?? 0) > (runner?.epoch ?? 0) ? true : undefined;
    });
    await allOnline(site, 'all sessions to be online again', () => true, 60_000);
    return `${runner?.id} killed`;
  });
  expect(report).toMatchObject(PEACE);
});
