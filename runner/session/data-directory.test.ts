import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../engine/testing/fake-host.ts';
import { reapStrayBrowsers } from '../engine/wwebjs/stray-browsers.ts';
import { readProcess } from '../supervisor/process-table.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

const stage = useStage();

describe('a data directory', () => {
  it('is for one runner at a time, and free again when that one is dead', async () => {
    const child = await stage().spawn();
    await expect(stage().startHere()).rejects.toThrow('WWEBJS_DATA_DIR');
    expect(child.exitCode).toBeNull();
    await stage().kill('SIGKILL');
    const runner = await stage().startHere();
    await runner.stop();
    stage().runner = null;
    await stage().startHere();
  });

  it('is freed of browsers that an earlier runner left, and of no others', async () => {
    const profile = join(stage().dataDir, 'data/sessions/ses_left/profile');
    mkdirSync(profile, { recursive: true });
    const browser = (dir: string) =>
      spawn(
        process.execPath,
        ['-e', 'setInterval(() => {}, 1000)', '--', `--user-data-dir=${dir}`, '--headless'],
        { detached: true, stdio: 'ignore' },
      );
    const [left, others] = [browser(profile), browser(`${stage().dataDir}/elsewhere`)];
    // A lock whose pid is somebody else's by now.
    symlinkSync(`${hostname()}-${process.pid}`, join(profile, 'SingletonLock'));
    try {
      await until('both run', () =>
        [left, others].every(({ pid }) =>
          readProcess(pid ?? 0)?.command.includes('--user-data-dir'),
        ),
      );
      await stage().startHere({ hosts: { wwebjs: { ...fakeHost(), reap: reapStrayBrowsers } } });
      expect(readProcess(left.pid ?? 0)).toBeNull();
      expect(readProcess(others.pid ?? 0)).not.toBeNull();
      expect(stage().logged.join('')).toContain('runner.stray_engines');
    } finally {
      left.kill('SIGKILL');
      others.kill('SIGKILL');
    }
  });
});
