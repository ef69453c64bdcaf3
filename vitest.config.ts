import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These mostly wait, for leases to expire and outages to end: begun first, they do so while others work. */
const WAITING = [
  'e2e/outage',
  'e2e/frozen-runner',
  'e2e/failover',
  'e2e/frozen-machine',
  'e2e/clock',
  'e2e/deploy',
  'runner/credentials/takeover',
  'runner/faults',
];

/** Begins with those, so that no core is idle while the last of them ends. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = WAITING.findIndex((name) => moduleId.includes(`/${name}.test.`));
      return found < 0 ? WAITING.length : found;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** Rooms are tested one after the other: the later ones start browsers and whole deployments, and want the machine. */
const room = (name: string, groupOrder: number, timeout: number, folder = name) => ({
  test: {
    name,
    include: [`${folder}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    sequence: { groupOrder },
  },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    // Takes effect here alone: a project's own setting is not read.
    silent: 'passed-only',
    sequence: { sequencer: LongestFirst },
    projects: [
      room('shared', 1, 10_000),
      room('integrations', 2, 60_000),
      room('local', 2, 60_000),
      room('operate', 2, 60_000),
      room('dashboard', 2, 10_000, 'edge/dashboard'),
      './edge/vitest.config.ts',
      room('runner', 4, 90_000),
      room('e2e', 5, 300_000),
    ],
  },
});
