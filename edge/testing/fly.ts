import { env as bindings } from 'cloudflare:workers';
import { z } from 'zod';
import { createFlyFleet, type FlyFleetEnv } from '../runners/fleets/fly.ts';

const Machines = z.array(
  z.object({
    id: z.string(),
    region: z.string(),
    state: z.string(),
    cordoned: z.boolean(),
    image: z.string(),
    pid: z.number().nullable(),
  }),
);

export type Fault = {
  action: string;
  status: number;
  times?: number;
  done?: boolean;
  retryAfterSeconds?: number;
};

/**
 * An app of a test's own on the local Machines API, and our fleet on it. How long it waited between two tries is
 * in `slept`.
 */
export function flyApp(overrides: Partial<FlyFleetEnv> = {}) {
  const app = `test-${crypto.randomUUID().slice(0, 8)}`;
  const given: Record<string, unknown> = { ...bindings };
  const url = String(given['FLY_TEST_URL']);
  const token = String(given['FLY_TEST_TOKEN']);
  const slept: number[] = [];
  const env: FlyFleetEnv = {
    BASE_URL: 'http://waypost.test',
    FLY_API_URL: url,
    FLY_API_TOKEN: token,
    FLY_APP: app,
    FLY_RUNNER_IMAGE: 'runner:1',
    FLY_RUNNER_URL: undefined,
    FLEET_MIN_MACHINES: 0,
    FLEET_MAX_MACHINES: 5,
    FLEET_REGIONS: ['fra', 'iad'],
    RUNNER_MAX_SESSIONS: 10,
    ...overrides,
  };
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/control/apps/${app}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const machines = async () => Machines.parse(await control('GET', 'machines'));
  const fleetOf = (changed: Partial<FlyFleetEnv> = {}) =>
    createFlyFleet(
      { ...env, ...changed },
      {
        random: () => 0.5,
        sleep: async (ms) => {
          slept.push(ms);
          await new Promise((resolve) => setTimeout(resolve, ms));
        },
      },
    );
  return {
    env,
    slept,
    fleetOf,
    fleet: fleetOf(),
    machines,
    fail: (...faults: Fault[]) => control('PUT', 'faults', faults),
    lose: (id: string, state: 'stopped' | 'failed' | 'destroyed') =>
      control('POST', `machines/${id}/lose`, { state }),
    /** Waits until a machine is in a state. */
    inState: async (id: string, state: string): Promise<void> => {
      const deadline = Date.now() + 15_000;
      for (;;) {
        const found = (await machines()).find((machine) => machine.id === id);
        if (found?.state === state) return;
        if (Date.now() > deadline) throw new Error(`${id} is ${found?.state}, not ${state}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
  };
}
