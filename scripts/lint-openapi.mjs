// Fails when the OpenAPI document breaks a rule of @redocly/cli's recommended set. Builds it from the routes, without services.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { createApp } from '../edge/app.ts';
import { buildDocument } from '../edge/api/open/openapi-document.ts';

const app = createApp(() => {
  throw new Error('nothing is served here');
});
const folder = mkdtempSync(join(tmpdir(), 'waypost-openapi-'));
const file = join(folder, 'openapi.json');
try {
  writeFileSync(file, JSON.stringify(buildDocument(app), null, 2));
  const redocly = join(root, 'node_modules', '.bin', 'redocly');
  const { status, error } = spawnSync(redocly, ['lint', file, '--extends', 'recommended'], {
    stdio: 'inherit',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
