import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Deployment, startDeployment } from '../testing/deployment.ts';
import { isFullSize } from '../testing/env.ts';
import { runChaos, SOON_COPIED } from './run.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({
    environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '2', WAYPOST_SERVICES: 'separate' },
  });
});
afterAll(() => deployment.dispose());

it.each(isFullSize() ? [11, 12] : [11])(
  'seed %i: nothing is lost, doubled or out of order',
  async (seed) => {
    const { findings, sent, faults } = await runChaos(deployment, {
      seed,
      sessions: 3,
      seconds: 20,
    });
    expect({ seed, faults, findings }).toEqual({ seed, faults, findings: [] });
    expect(sent).toBeGreaterThan(5);
  },
);
