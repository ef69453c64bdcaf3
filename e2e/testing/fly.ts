import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { pidOf } from '../chaos/nemesis.ts';
import type { Deployment } from './deployment.ts';
import { SessionView } from './session.ts';
import { settingsOf } from './settings.ts';
import { until } from './until.ts';

const Machines = z.array(
  z.object({
    id: z.string(),
    state: z.string(),
    region: z.string(),
    image: z.string(),
    pid: z.number().nullable(),
  }),
);

const APP = 'waypost-runners';
const TICK_MS = 1_000;
/** A machine takes some seconds, and so does a browser; the machine that this runs on may be busy. */
const SOON_MS = 90_000;
type Trouble = { action: string; status: number; times: number };

/**
 * The local Machines API: what runs where, what a person may do with `fly` (`stop`, `suspend`, `start`), and what no API offers: a
 * machine that loses its power or moves, less time to stop than was promised, calls that fail. And the fleet's clock, so that
 * nobody waits for the minute to be over.
 */
export async function flyOf(deployment: Deployment) {
  const { ports, secrets } = await settingsOf(deployment.directory);
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${ports.fly}${path}`, {
      method,
      headers: { authorization: `Bearer ${secrets.flyToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const control = (method: string, path: string, body?: unknown) =>
    call(method, `/control/apps/${APP}/${path}`, body);
  const api = (id: string, action: string, body?: unknown) =>
    call('POST', `/v1/apps/${APP}/machines/${id}/${action}`, body);
  /** Everything that a machine has said, over all its boots. */
  const logOf = (id: string): Promise<string> =>
    readFile(join(deployment.directory, 'data', 'fly', 'logs', `${id}.log`), 'utf8');
  return {
    machines: async () =>
      Machines.parse(await control('GET', 'machines')).filter(({ state }) => state !== 'destroyed'),
    logOf,
    /** The runners that have these sessions have each kept a copy: one that moves before needs its phone again. */
    copied: (sessions: readonly { id: string }[]) =>
      until('a copy of every session', async () => {
        for (const { id } of sessions) {
          const answer = await deployment.api.call('GET', `/v1/sessions/${id}`);
          const log = await logOf(answer.data(SessionView).runner?.id ?? '');
          const kept = log
            .split('\n')
            .some((line) => line.includes('credentials.kept') && line.includes(id));
          if (!kept) return undefined;
        }
        return true;
      }),
    lose: (id: string, state: 'stopped' | 'failed' | 'destroyed') =>
      control('POST', `machines/${id}/lose`, { state }),
    /** To another host with an empty disk. What ran on the old one is cut off and stands still, until `rejoin`. */
    migrate: (id: string) => control('POST', `machines/${id}/migrate`),
    rejoin: () => control('POST', 'rejoin'),
    /** @param ms null: as promised */
    killAfter: (ms: number | null) => control('PUT', 'patience', { ms }),
    fail: (trouble: Trouble[]) => control('PUT', 'faults', trouble),
    suspend: (id: string) => api(id, 'suspend'),
    start: (id: string) => api(id, 'start'),
    stop: (id: string) => api(id, 'stop', { signal: 'SIGTERM', timeout: '120s' }),
    /** As `until`, while cron comes round once a second instead of once a minute. */
    until: <T>(what: string, ask: () => Promise<T | undefined>, withinMs = SOON_MS) => {
      let tickAt = 0;
      return until(
        what,
        async () => {
          const answer = await ask();
          if (answer === undefined && Date.now() >= tickAt) {
            tickAt = Date.now() + TICK_MS;
            process.kill(await pidOf(deployment, 'edge'), 'SIGUSR2');
          }
          return answer;
        },
        withinMs,
      );
    },
    /** The Worker is deployed with another image when cron comes round next. */
    deploy: (image: string) =>
      writeFile(
        join(deployment.directory, 'edge.json'),
        JSON.stringify({ FLY_RUNNER_IMAGE: image }),
      ),
  };
}
