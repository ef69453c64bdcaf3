// Fails when an OpenAPI document breaks a rule of @redocly/cli's recommended set.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYSTEMS } from '../edge/compat/systems.ts';
import { root } from './bootstrap.mjs';

const folder = mkdtempSync(join(tmpdir(), 'waypost-openapi-'));
const write = (name, ...system) => {
  const file = join(folder, `${name}.json`);
  execFileSync(process.execPath, [join(root, 'scripts', 'write-openapi.mjs'), file, ...system]);
  return file;
};
try {
  const files = [write('openapi'), ...SYSTEMS.map(({ name }) => write(name, name))];
  const redocly = join(root, 'node_modules', '.bin', 'redocly');
  const { status, error } = spawnSync(redocly, ['lint', ...files, '--extends', 'recommended'], {
    stdio: 'inherit',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
