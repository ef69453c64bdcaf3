import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * These take minutes: begun first, none of them runs alone at the end. Every other one mostly waits, for leases to expire and
 * outages to end, while its neighbour needs the machine.
 */
const LONG = [
  'e2e/outage',
  'e2e/guide',
  'e2e/frozen-runner',
  'e2e/routes',
  'e2e/failover',
  'e2e/crowd',
  'e2e/clock',
  'e2e/restarts',
  'e2e/frozen-machine',
  'e2e/deploy',
  'e2e/dashboard-screens',
  'e2e/fleet',
  'runner/credentials/takeover',
  'runner/faults',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((name) => moduleId.includes(`/${name}.test.`));
      return found < 0 ? LONG.length : found;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** Rooms are tested one after the other: the later ones start browsers and whole deployments, and want the machine. */
const room = (
  name: string,
  groupOrder: number,
  timeout: number,
  { folder = name, maxWorkers = 2 } = {},
) => ({
  test: {
    name,
    include: [`${folder}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    // As long as a test may take: how busy the machine is says nothing of what is awaited.
    expect: { poll: { timeout } },
    sequence: { groupOrder },
    maxWorkers,
  },
});

export default defineConfig({
  test: {
    // Takes effect here alone: a project's own setting is not read.
    silent: 'passed-only',
    sequence: { sequencer: LongestFirst },
    projects: [
      room('shared', 1, 10_000),
      room('integrations', 2, 60_000),
      room('local', 2, 60_000),
      room('operate', 2, 60_000),
      room('dashboard', 2, 10_000, { folder: 'edge/dashboard' }),
      './edge/vitest.config.ts',
      room('runner', 4, 90_000),
      // A deployment waits much of its time: three at once leave two cores hardly idle.
      room('e2e', 5, 300_000, { maxWorkers: 3 }),
    ],
  },
});
