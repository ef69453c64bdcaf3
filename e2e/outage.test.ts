import { afterAll, beforeAll, expect, it } from 'vitest';
import { allOnline, PEACE, under, viewOf } from './chaos/fault.ts';
import { freeze, pidOf } from './chaos/nemesis.ts';
import { SOON_COPIED } from './chaos/run.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { sized } from './testing/env.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({
    environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '2', WAYPOST_SERVICES: 'separate' },
  });
});
afterAll(() => deployment.dispose());

/** More than any lease lasts. */
const GONE_MS = sized(60_000, 120_000);

it('the database gone for longer than a lease: no session is stolen', async () => {
  const report = await under(deployment, { seed: 104 }, async (site) => {
    const owners = async () =>
      Promise.all(site.sessions.map(async ({ id }) => (await viewOf(deployment, id)).runner?.id));
    const before = await owners();
    await freeze(await pidOf(deployment, 'neon'), GONE_MS);
    await allOnline(site, 'all sessions to be online again', () => true, 120_000);
    expect(await owners()).toEqual(before);
    return `database gone for ${GONE_MS} ms`;
  });
  expect(report).toMatchObject({ ...PEACE, moves: 0 });
});
