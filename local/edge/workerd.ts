import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import workerd from 'workerd';
import { z } from 'zod';
import { BoundedLog, keepOutput } from '../bounded-log.ts';
import { endLeftoverWorkerd, rememberWorkerd } from './leftover.ts';
import { type WorkerBundle, workerdConfig } from './workerd-config.ts';

export type WorkerdInput = {
  bundle: WorkerBundle;
  /** Where configuration and Durable Object storage are kept. */
  dataDir: string;
  /** 0 = any free one. */
  port: number;
  /** The Worker's variables and secrets. */
  variables: Readonly<Record<string, string>>;
  privateEgress: readonly string[];
  logFile: string;
};

export type Workerd = {
  port: number;
  /** Fires one of the Worker's cron triggers; resolves when it has run. @throws Error when it failed */
  fireCron: (cron: string) => Promise<void>;
  /** Resolves when the process has ended, however it did. */
  ended: Promise<void>;
  stop: () => Promise<void>;
};

const Listening = z.object({ event: z.string(), socket: z.string(), port: z.number() });
const SOCKETS = ['worker', 'clock'] as const;

/**
 * Runs a bundle in workerd by a configuration of our own, and ends what an earlier run left in the same folder. Its lines are
 * written to the log here: in a pipe to the launcher they would stop workerd when the launcher stands still.
 * @throws Error when it ends before it listens; its own words are in the log
 */
export async function startWorkerd(input: WorkerdInput): Promise<Workerd> {
  const { bundle, dataDir, port, variables, privateEgress, logFile } = input;
  const storage = join(dataDir, 'storage');
  const platform = join(dataDir, 'platform.js');
  await mkdir(storage, { recursive: true });
  await endLeftoverWorkerd(dataDir);
  await build({
    entryPoints: [fileURLToPath(new URL('platform/main.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    external: ['cloudflare:workers'],
    outfile: platform,
  });
  // Its service would stay beside this process.
  await stop();
  const names = Object.keys(variables);
  const config = join(dataDir, 'workerd.capnp');
  await writeFile(
    config,
    workerdConfig({ bundle, platform, dataDir, storage, port, variables: names, privateEgress }),
  );
  const secret = randomBytes(24).toString('hex');
  const child = spawn(workerd.default, ['serve', config, '--experimental', '--control-fd=3'], {
    env: { ...variables, TZ: 'UTC', CLOCK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const ended = keepOutput(child, new BoundedLog(logFile));
  if (child.pid !== undefined) rememberWorkerd(dataDir, child.pid);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  void ended.then(() => process.off('exit', kill));
  const ports = await Promise.race([portsOf(child), ended]);
  if (ports === undefined) throw new Error('workerd ended before it listened; see its log');
  return {
    port: ports.worker,
    fireCron: async (cron) => {
      const url = `http://127.0.0.1:${ports.clock}/?${new URLSearchParams({ cron }).toString()}`;
      const headers = { authorization: `Bearer ${secret}` };
      const answer = await fetch(url, { method: 'POST', headers });
      if (!answer.ok) throw new Error(`cron '${cron}': ${answer.status} ${await answer.text()}`);
    },
    ended,
    stop: async () => {
      kill();
      await ended;
    },
  };
}

/** What workerd says on its control pipe: one line for each socket that listens. */
async function portsOf(child: ChildProcess): Promise<Record<'worker' | 'clock', number>> {
  const pipe = child.stdio[3];
  if (!(pipe instanceof Readable)) throw new Error('workerd has no control pipe');
  const ports = new Map<string, number>();
  return new Promise((resolve) => {
    createInterface(pipe).on('line', (line) => {
      const { socket, port } = Listening.parse(JSON.parse(line));
      ports.set(socket, port);
      const [worker, clock] = SOCKETS.map((name) => ports.get(name));
      if (worker !== undefined && clock !== undefined) resolve({ worker, clock });
    });
  });
}
