import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { apiClient, type ApiClient } from './api-client.ts';
import { freePort } from './free-port.ts';
import { inheritedEnvironment } from './env.ts';
import { inspectorClient, type InspectorClient } from './inspector-client.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const READY_WITHIN_MS = 180_000;

/** `.waypost/local.json`, as the README promises it to scripts. */
export const LocalFacts = z.object({
  apiUrl: z.url(),
  apiKey: z.string(),
  workspaceId: z.string(),
  sessionId: z.string(),
  webhookInspectorUrl: z.url(),
  mailUrl: z.url(),
  visitorSecret: z.string(),
  runners: z.array(z.object({ id: z.string(), pid: z.number().int(), url: z.url() })),
  services: z.array(
    z.object({ name: z.string(), pid: z.number().int().optional(), url: z.string().optional() }),
  ),
});
export type LocalFacts = z.infer<typeof LocalFacts>;

export type Deployment = {
  directory: string;
  api: ApiClient;
  inspector: InspectorClient;
  /** Read anew at each call: pids change when a part is started again. */
  facts: () => Promise<LocalFacts>;
  /** Everything `npm start` has printed so far. */
  output: () => string;
  /** Pid of the launcher itself. */
  launcherPid: () => number;
  /** Ctrl-C; resolves when the command has ended. Starts again with `startDeployment({ directory })`. */
  stop: () => Promise<void>;
  /** Resolves when the command has ended, however it did. */
  ended: () => Promise<void>;
  /** `stop`, and the folder removed. */
  dispose: () => Promise<void>;
};

/** The deployment that runs from this folder, or undefined when none does. Disposing of it leaves it running. */
export async function openDeployment(directory: string): Promise<Deployment | undefined> {
  const read = async (): Promise<LocalFacts> =>
    LocalFacts.parse(JSON.parse(await readFile(join(directory, 'local.json'), 'utf8')));
  const found = await read().catch(() => undefined);
  if (found === undefined) return undefined;
  const answers = await fetch(new URL('/health', found.apiUrl)).catch(() => undefined);
  if (answers?.ok !== true) return undefined;
  return {
    directory,
    api: apiClient(found.apiUrl, found.apiKey),
    inspector: inspectorClient(found.webhookInspectorUrl, found.visitorSecret),
    facts: read,
    output: () => '',
    launcherPid: () => 0,
    stop: async () => {},
    ended: async () => {},
    dispose: async () => {},
  };
}

/** Starts a deployment as a user would, by the command behind `npm start`, in a folder of its own. */
export async function startDeployment(
  options: {
    directory?: string;
    environment?: Record<string, string>;
    /** Called with the command's pid before it starts anything. */
    onSpawn?: (pid: number) => void;
  } = {},
): Promise<Deployment> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'waypost-e2e-')));
  const child = spawn(process.execPath, ['scripts/run.mjs', 'start'], {
    cwd: root,
    // Only the first start takes it; later ones keep what that one took.
    env: {
      ...startEnvironment(directory),
      PORT: String(await freePort()),
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await ready(child, () => output);
  const facts = async (): Promise<LocalFacts> =>
    LocalFacts.parse(JSON.parse(await readFile(join(directory, 'local.json'), 'utf8')));
  const first = await facts();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // Ctrl-C reaches the whole foreground group: npm's shell, the bootstrap and the launcher.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    await gone;
  };
  return {
    directory,
    api: apiClient(first.apiUrl, first.apiKey),
    inspector: inspectorClient(first.webhookInspectorUrl, first.visitorSecret),
    facts,
    output: () => output,
    launcherPid: () => child.pid ?? 0,
    stop,
    ended: () => gone,
    dispose: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function startEnvironment(directory: string): NodeJS.ProcessEnv {
  const { PATH, HOME, PUPPETEER_EXECUTABLE_PATH } = inheritedEnvironment();
  return {
    PATH,
    HOME,
    ...(PUPPETEER_EXECUTABLE_PATH === undefined ? {} : { PUPPETEER_EXECUTABLE_PATH }),
    WAYPOST_DIR: directory,
  };
}

function ready(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`not ready in time:\n${output()}`)),
      READY_WITHIN_MS,
    );
    const look = (): void => {
      if (!output().includes('Ctrl-C stops everything')) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', look);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`npm start ended with ${code}:\n${output()}`));
    });
  });
}
