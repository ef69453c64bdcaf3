import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { listProcesses } from '../../processes.ts';
import { type FlyConfig, startFly } from '../server.ts';

export const APP = 'waypost-runners';
export const TOKEN = 'fly-test-token';

export const MachineView = z.looseObject({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  region: z.string(),
  instance_id: z.string(),
  created_at: z.iso.datetime(),
  config: z.looseObject({ image: z.string() }),
});

export const testProgram = fileURLToPath(new URL('program.ts', import.meta.url));

export async function flyConfig(): Promise<FlyConfig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'waypost-fly-'));
  return { port: 0, dataDir, token: TOKEN, apps: [APP], program: testProgram };
}

/** A plain client, as the documentation shows it with curl. */
export function flyClient(url: string) {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: unknown }> => {
    const response = await fetch(`${url}/v1/apps/${APP}/machines${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
  };
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/control/apps/${APP}/${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    call,
    control,
    create: async (config: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) =>
      MachineView.parse(
        (await call('POST', '', { config: { image: 'runner:1', ...config }, ...rest })).json,
      ),
    /** Asks the control door, which knows no rate limit. */
    state: async (id: string) =>
      z
        .array(z.object({ id: z.string(), state: z.string(), pid: z.number().nullable() }))
        .parse(await control('GET', 'machines'))
        .find((machine) => machine.id === id),
  };
}

export async function startFlyStack() {
  const config = await flyConfig();
  let fly = await startFly(config, { log: () => undefined });
  return {
    config,
    get url() {
      return fly.url;
    },
    client: () => flyClient(fly.url),
    /** A file on a machine's disk. */
    disk: (id: string, name: string) => readFile(join(config.dataDir, 'disks', id, name), 'utf8'),
    restart: async () => {
      await fly.close();
      fly = await startFly(config, { log: () => undefined });
    },
    close: async () => {
      await fly.close();
      await rm(config.dataDir, { recursive: true });
    },
  };
}

/** Polls until `look` gives something. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await sleep(25);
  }
}

export const isRunning = (pid: number): boolean => listProcesses().some((one) => one.pid === pid);
