import { defineConfig } from 'vitest/config';

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
    projects: [
      room('shared', 1, 10_000),
      room('integrations', 2, 60_000),
      room('local', 2, 60_000),
      room('dashboard', 2, 10_000, 'edge/dashboard'),
      './edge/vitest.config.ts',
      room('runner', 4, 90_000),
      room('e2e', 5, 300_000),
    ],
  },
});
