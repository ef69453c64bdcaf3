import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allOnline, PEACE } from './chaos/fault.ts';
import { readOwners } from './chaos/read-database.ts';
import { readViolations } from './chaos/observe.ts';
import { seededRandom } from './testing/random.ts';
import { restartRunners } from './chaos/restarts.ts';
import { runUnder, SOON_COPIED } from './chaos/run.ts';
import { type ChaosSession, sendUntilAnswered } from './chaos/traffic.ts';
import { commandsWith, operate } from './guide/operator.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { sized } from './testing/env.ts';
import { onlineSession } from './testing/session.ts';
import { until } from './testing/until.ts';
import { worldOf } from './testing/world.ts';

const RUNNER_RESTARTS = sized(4, 6);
const BACK_WITHIN_MS = 120_000;

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({ environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '2' } });
});
afterAll(() => deployment.dispose());

it('runners restarted one after the other under traffic: no keys go back, nothing is lost', async () => {
  const report = await runUnder(deployment, { seed: 301, sessions: 2 }, (site) =>
    restartRunners(site, RUNNER_RESTARTS),
  );
  expect(report).toMatchObject({ ...PEACE, rolledBack: 0, unknown: 0 });
  expect(report.moves).toBeGreaterThanOrEqual(RUNNER_RESTARTS);
}, 400_000);

async function newSession(name: string): Promise<ChaosSession> {
  const { id, phoneNumber } = await onlineSession(deployment, name);
  return { id, name, ...(await worldOf(deployment, phoneNumber)) };
}

/** Makes a backup of the stopped deployment, destroys it, and restores it, by the commands of docs/deployment/backup.md. */
async function destroyAndRestore(directory: string): Promise<void> {
  const [backup = '', restore = ''] = commandsWith('docs/deployment/backup.md', 'npm run backup');
  const folder = await mkdtemp(join(tmpdir(), 'waypost-backups-'));
  const names = { '/var/backups/waypost': folder };
  await operate(backup, directory, names);
  await rm(directory, { recursive: true });
  const [file = ''] = await readdir(folder);
  await operate(restore, directory, { ...names, 'waypost-….tar.gz': file });
  await rm(folder, { recursive: true });
}

it('everything stopped and started, then restored from a backup, under traffic: no keys go back, no session moves on the way', async () => {
  const sessions = [await newSession('first'), await newSession('second')];
  const stopTraffic = new AbortController();
  let accepted = 0;
  const write = async ({ id, name }: ChaosSession): Promise<void> => {
    for (let count = 0; !stopTraffic.signal.aborted; count += 1) {
      const messageId = await sendUntilAnswered(deployment, id, `${name} ${count}`);
      if (messageId !== null) accepted += 1;
      await sleep(200);
    }
  };
  const traffic = Promise.all(sessions.map(write));
  const moreAccepted = async (count: number): Promise<void> => {
    const wanted = accepted + count;
    const are = async (): Promise<true | undefined> => accepted >= wanted || undefined;
    await until(`${count} more accepted messages`, are, BACK_WITHIN_MS);
  };
  for (const isDestroyed of [false, true]) {
    await moreAccepted(20);
    const before = await readOwners(deployment, sessions);
    await deployment.stop();
    if (isDestroyed) await destroyAndRestore(deployment.directory);
    deployment = await startDeployment({
      directory: deployment.directory,
      environment: { WAYPOST_RUNNERS: '2' },
    });
    const site = { deployment, sessions, random: seededRandom(1) };
    await allOnline(site, 'all sessions to be online again', () => true, BACK_WITHIN_MS);
    const since = (await readOwners(deployment, sessions)).slice(before.length);
    expect(
      since.filter(({ began }) => began),
      JSON.stringify(since),
    ).toHaveLength(sessions.length);
  }
  await moreAccepted(6);
  stopTraffic.abort();
  await traffic;
  expect(await readViolations(sessions)).toEqual([]);
}, 400_000);
