import { defineConfig } from 'vitest/config';

/** A run of its own, `npm run test:n8n`: n8n weighs gigabytes, so `npm test` leaves it out. */
export default defineConfig({
  test: {
    name: 'n8n',
    include: ['e2e/n8n/flows.ts'],
    globalSetup: 'e2e/n8n/install.ts',
    // Each command of n8n starts it anew, which takes half a minute where the processor is busy.
    testTimeout: 300_000,
    hookTimeout: 900_000,
  },
});
