import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allOnline, PEACE, under } from './chaos/fault.ts';
import { SOON_COPIED } from './chaos/run.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { ownerPid } from './testing/session.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({ environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '2' } });
});
afterAll(() => deployment.dispose());

it('a runner stopped for 60 s and continued: nobody has a session twice', async () => {
  const report = await under(deployment, { seed: 103 }, async (site) => {
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
  expect(report).toMatchObject(PEACE);
});
