import { fork } from 'node:child_process';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { newId } from '../../shared/ids.ts';
import { signRequest } from '../../shared/signing/signed-request.ts';
import type { Deployment } from './deployment.ts';
import { inheritedEnvironment } from './env.ts';
import { settingsOf } from './settings.ts';

const MAIN = fileURLToPath(new URL('../../runner/main.ts', import.meta.url));
const WRONG_CLOCK = new URL('./wrong-clock.ts', import.meta.url);
const Ready = z.object({ ready: z.literal(true), url: z.url(), bootId: z.string() });

export type RunnerAddress = { runnerId: string; bootId: string; url: string };

export type OneMoreRunner = RunnerAddress & {
  pid: number;
  /** What it has logged so far, one entry a line. */
  logged: () => { event: string; [field: string]: unknown }[];
  /** Its wall clock, and its children's, is wrong by so much from now on. */
  setClockWrong: (offMs: number) => Promise<void>;
  stop: () => Promise<void>;
};

/** A runner process beside those of the deployment, which the edge hears of as of any other. Its clock can be set wrong. */
export async function startOneMoreRunner(
  deployment: Deployment,
  runnerId: string,
  options: { clockOffMs?: number; environment?: Record<string, string> } = {},
): Promise<OneMoreRunner> {
  const { directory } = deployment;
  const clockFile = join(directory, `${runnerId}.clock`);
  const setClockWrong = async (offMs: number): Promise<void> => {
    await writeFile(`${clockFile}.new`, String(offMs));
    await rename(`${clockFile}.new`, clockFile);
  };
  await setClockWrong(options.clockOffMs ?? 0);
  const preload = new URL(WRONG_CLOCK);
  preload.searchParams.set('file', pathToFileURL(clockFile).pathname);
  const child = fork(MAIN, [], {
    execArgv: [`--import=${preload.href}`],
    env: {
      ...(await runnerEnvironment(deployment)),
      RUNNER_ID: runnerId,
      WWEBJS_DATA_DIR: join(directory, 'data', runnerId),
      ...options.environment,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { url, bootId } = await new Promise<z.infer<typeof Ready>>((resolve, reject) => {
    child.once('message', (message) => resolve(Ready.parse(message)));
    child.once('exit', (code) => reject(new Error(`the runner ended with ${code}: ${log}`)));
  });
  return {
    runnerId,
    bootId,
    url,
    pid: child.pid ?? 0,
    logged: () =>
      log
        .split('\n')
        .slice(0, -1)
        .map((line) => z.looseObject({ event: z.string() }).parse(JSON.parse(line))),
    setClockWrong,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await gone;
    },
  };
}

/** Rings at a runner's door as the edge does: it heartbeats at once. @param now Unix seconds, for the signature */
export async function wake(
  deployment: Deployment,
  { runnerId, bootId, url }: RunnerAddress,
  now = Math.floor(Date.now() / 1_000),
): Promise<Response> {
  const { secrets } = await settingsOf(deployment.directory);
  return fetch(
    await signRequest({
      method: 'POST',
      url: new URL('/v1/wake', url).href,
      body: '{}',
      keys: [{ id: 'k1', secret: secrets.edgeToRunnerKey }],
      audience: `${runnerId}/${bootId}`,
      commandId: newId('command'),
      now,
    }),
  );
}

/** As the launcher tells it to its own. */
async function runnerEnvironment({ directory }: Deployment): Promise<Record<string, string>> {
  const { ports, secrets } = await settingsOf(directory);
  const inherited = Object.entries(inheritedEnvironment()).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(inherited),
    RUNNER_REGION: 'local',
    RUNNER_SNAPSHOT_AFTER_SECONDS: '1',
    EDGE_URL: `http://127.0.0.1:${ports.api}`,
    EDGE_TO_RUNNER_KEYS: `k1:${secrets.edgeToRunnerKey}`,
    RUNNER_TO_EDGE_KEYS: `k1:${secrets.runnerToEdgeKey}`,
    SANDBOX_URL: `http://127.0.0.1:${ports.sandbox}`,
    SANDBOX_TOKEN: secrets.sandboxToken,
  };
}
