import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { listenOnLoopback } from '../http.ts';
import { startFly } from './server.ts';
import { eventually, flyClient, flyConfig, isRunning } from './testing/stack.ts';

const Ready = z.object({ ready: z.literal(true), url: z.string() });

test('after kill -9 of the service nothing of its machines is left over, and they come back', async () => {
  const config = await flyConfig();
  const start = async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: { WAYPOST_SERVICE: JSON.stringify(config), NODE_OPTIONS: '--no-warnings' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [message] = (await once(child, 'message')) as unknown[];
    return { child, fly: flyClient(Ready.parse(message).url) };
  };
  const end = async (
    child: { kill: (signal: NodeJS.Signals) => boolean },
    signal: NodeJS.Signals,
  ) => {
    const exited = once(child as ReturnType<typeof spawn>, 'exit');
    child.kill(signal);
    await exited;
  };
  const first = await start();
  // Stopped by SIGSTOP, it cannot notice that its service is gone.
  const made = await first.fly.create({ guest: { persist_rootfs: 'restart' } });
  const log = join(config.dataDir, 'logs', `${made.id}.log`);
  await eventually('the machine to be up', async () =>
    (await readFile(log, 'utf8').catch(() => '')).includes('up') ? true : undefined,
  );
  const pid = (await first.fly.state(made.id))?.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await end(first.child, 'SIGKILL');
  expect(isRunning(pid)).toBe(true);

  const second = await start();
  expect(isRunning(pid)).toBe(false);
  const next = await eventually('the machine to run again', async () => {
    const now = await second.fly.state(made.id);
    return now?.state === 'started' && now.pid !== null ? now.pid : undefined;
  });
  expect(next).not.toBe(pid);
  await end(second.child, 'SIGTERM');
  expect(isRunning(next)).toBe(false);
  await rm(config.dataDir, { recursive: true });
});

const silent = { log: () => undefined };

/** A folder in which a machine ran when its service ended. */
async function folderOfOneMachine() {
  const config = await flyConfig();
  const service = await startFly(config, silent);
  await flyClient(service.url).create();
  await service.close();
  return config;
}

test('a start whose machines cannot run lets go of the folder', async () => {
  const config = await folderOfOneMachine();
  const disks = join(config.dataDir, 'disks');
  await rm(disks, { recursive: true });
  await writeFile(disks, 'no folder');
  await expect(startFly(config, silent)).rejects.toThrow('disks');
  await rm(disks);
  const started = await startFly(config, silent);
  await started.close();
  await rm(config.dataDir, { recursive: true });
});

test('a start on a port that is taken starts no machine', async () => {
  const config = await folderOfOneMachine();
  await rm(join(config.dataDir, 'logs'), { recursive: true });
  const other = createServer();
  const port = Number(new URL(await listenOnLoopback(other, 0)).port);
  await expect(startFly({ ...config, port }, silent)).rejects.toThrow('EADDRINUSE');
  expect(existsSync(join(config.dataDir, 'logs'))).toBe(false);
  other.close();
  await rm(config.dataDir, { recursive: true });
});
