import { afterAll, beforeAll, expect, it } from 'vitest';
import { LEASE } from '../shared/protocol/leases.ts';
import { allOnline, PEACE, under, viewOf } from './chaos/fault.ts';
import type { Site } from './chaos/nemesis.ts';
import { readOwners } from './chaos/read-database.ts';
import { SOON_COPIED } from './chaos/run.ts';
import { killRunner, withoutRestart } from './chaos/runner-death.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { ownerPid } from './testing/session.ts';
import { until } from './testing/until.ts';

/** The promise when nobody sees the death. What is seen at once is faster by far, which the bench measures. */
const WITHIN_MS = 60_000;
/** No lease that was renewed up to the death could be taken before: whoever has it by then heard of the death. */
const UNHEARD_MS = LEASE.takeoverMs - LEASE.heartbeatMs;

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({ environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '2' } });
});
afterAll(() => deployment.dispose());

const ownerOf = async ({ sessions }: Site) => {
  const [first] = sessions;
  const pid = await ownerPid(deployment, first?.id ?? '');
  const id = (await deployment.facts()).runners.find((runner) => runner.pid === pid)?.id;
  return { pid, id, sessionId: first?.id ?? '' };
};

/** When the session got the owner that it has now. */
const ownedSince = async (site: Site, sessionId: string): Promise<number> =>
  (await readOwners(deployment, site.sessions)).findLast((owner) => owner.sessionId === sessionId)
    ?.from ?? Number.NaN;

it.each([
  ['with all that could tell of it: its leases run out', 101, { machine: true }],
  ['and its supervisor tells of it', 105, { machine: false }],
])(
  'a runner killed with -9 that does not come back, %s: its sessions continue on the other',
  async (_how, seed, death) => {
    const report = await under(deployment, { seed }, async (site) => {
      const { pid, id, sessionId } = await ownerOf(site);
      await withoutRestart(pid, async () => {
        const killedAt = Date.now();
        killRunner(pid, death);
        const moved = ({ runner }: { runner: { id: string } | null }) => runner?.id !== id;
        await allOnline(site, 'all sessions to be online at the other runner', moved, WITHIN_MS);
        const heardOf = (await ownedSince(site, sessionId)) - killedAt < UNHEARD_MS;
        expect(heardOf).toBe(!death.machine);
      });
      return `${id} killed`;
    });
    expect(report).toMatchObject(PEACE);
    expect(report.moves).toBeGreaterThan(0);
  },
);

it('a runner killed with -9 that is started again: its next boot reports the death, and its sessions continue', async () => {
  const report = await under(deployment, { seed: 102 }, async (site) => {
    const { pid, id, sessionId } = await ownerOf(site);
    const { runner } = await viewOf(deployment, sessionId);
    const killedAt = Date.now();
    killRunner(pid, { machine: false });
    await until('the next boot to own the session', async () => {
      const view = await viewOf(deployment, sessionId);
      return (view.runner?.epoch ?? 0) > (runner?.epoch ?? 0) ? true : undefined;
    });
    expect((await ownedSince(site, sessionId)) - killedAt).toBeLessThan(UNHEARD_MS);
    await allOnline(site, 'all sessions to be online again', () => true, WITHIN_MS);
    return `${id} killed`;
  });
  expect(report).toMatchObject(PEACE);
});
