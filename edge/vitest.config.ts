import { fileURLToPath } from 'node:url';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(import.meta.resolve(path));

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    cloudflareTest(({ inject }) => ({
      main: './testing/worker.ts',
      miniflare: {
        compatibilityDate: '2026-10-01',
        compatibilityFlags: ['nodejs_compat', 'global_fetch_strictly_public'],
        bindings: inject<Record<string, string>>('edgeBindings'),
        durableObjects: { HUB: { className: 'Hub', useSQLite: true } },
        queueProducers: { AUDIT_QUEUE: 'waypost-audit' },
        serviceBindings: {
          EGRESS: { network: { allow: ['public'], deny: [] } },
          EGRESS_PRIVATE: { network: { allow: ['private', 'public'], deny: [] } },
        },
      },
    })),
  ],
  test: {
    name: 'edge',
    include: ['**/*.test.ts'],
    exclude: ['dashboard/**'],
    globalSetup: [at('../local/testing/edge-services.ts')],
    setupFiles: ['./testing/setup.ts'],
    // Files share a Worker instance, as requests do in production; each has a database of its own.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // As long as a test may take: how busy the machine is says nothing of what is awaited.
    expect: { poll: { timeout: 20_000 } },
  },
});
