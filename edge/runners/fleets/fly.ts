import { z } from 'zod';
import type { EdgeEnv } from '../../env.ts';
import { createFlyApi, FlyRefusal } from './fly-api.ts';
import { type Fleet, type Machine, MACHINE_STATES, MachineRefusedError } from './port.ts';

/** How long a runner gets to drain: 20 s for a send, 10 s for its reports, and the snapshots of its sessions. */
export const DRAIN_SECONDS = 120;
/** What Fly may take off the time that it promises. */
const DRAIN_MARGIN_SECONDS = 10;
const RUNNER_PORT = 8080;
/** A crashed runner is started again on its own machine first, where its spool still is. */
const RESTARTS = 3;

/** Marks our runners among whatever else the app has, and each with the row it was asked for by. */
const FLEET_KEY = 'waypost_fleet';
const FLEET_NAME = 'runners';
const REQUEST_KEY = 'waypost_request';

const FlyMachine = z.object({
  id: z.string(),
  // A state that is newer than this code is one on its way to another.
  state: z.enum(MACHINE_STATES).catch('updating'),
  region: z.string(),
  created_at: z.string(),
  config: z
    .object({
      image: z.string().default(''),
      metadata: z.record(z.string(), z.string()).default({}),
    })
    .default({ image: '', metadata: {} }),
});

export type FlyFleetEnv = Pick<
  EdgeEnv,
  | 'BASE_URL'
  | 'CALLBACK_URL'
  | 'FLY_API_URL'
  | 'FLY_RUNNER_URL'
  | 'FLEET_MIN_MACHINES'
  | 'FLEET_MAX_MACHINES'
  | 'FLEET_REGIONS'
  | 'RUNNER_MAX_SESSIONS'
> & { FLY_API_TOKEN: string; FLY_APP: string; FLY_RUNNER_IMAGE: string };

/** Runners on Fly Machines: fly.io/docs/machines/api/machines-resource. The app's secrets hold the signing keys. */
export function createFlyFleet(
  env: FlyFleetEnv,
  options: {
    fetch?: typeof fetch;
    sleep?: (ms: number) => Promise<void>;
    random?: () => number;
    now?: () => number;
  } = {},
): Fleet {
  const api = createFlyApi({
    baseUrl: `${env.FLY_API_URL.replace(/\/+$/, '')}/v1/apps/${encodeURIComponent(env.FLY_APP)}/machines`,
    token: env.FLY_API_TOKEN,
    ...options,
  });
  const on = (machineId: string): string => `/${encodeURIComponent(machineId)}`;

  const listBy = async (key: string, value: string): Promise<Machine[]> => {
    const query = new URLSearchParams({ [`metadata.${key}`]: value });
    const machines = z.array(FlyMachine).parse(await api.call('GET', `?${query.toString()}`));
    return machines.filter(({ state }) => state !== 'destroyed').map(toMachine);
  };
  const findMade = async (requestId: string): Promise<Machine | null> =>
    (await listBy(REQUEST_KEY, requestId))[0] ?? null;

  return {
    scaling: {
      image: env.FLY_RUNNER_IMAGE,
      minMachines: env.FLEET_MIN_MACHINES,
      maxMachines: env.FLEET_MAX_MACHINES,
      regions: env.FLEET_REGIONS,
    },
    list: () => listBy(FLEET_KEY, FLEET_NAME),

    async create({ requestId, region }) {
      const body = {
        name: machineName(requestId),
        region,
        config: machineConfig(env, { [FLEET_KEY]: FLEET_NAME, [REQUEST_KEY]: requestId }),
      };
      let made: Machine | null = null;
      try {
        const answer = await api.call('POST', '', body, {
          // An answer that was lost may have left a machine behind: it is looked for before another is asked for.
          beforeRetry: async () => (made = await findMade(requestId)) === null,
        });
        return made ?? toMachine(FlyMachine.parse(answer));
      } catch (error) {
        if (!(error instanceof FlyRefusal)) throw error;
        // A name is one machine's: it was made by an earlier try.
        const earlier = error.status === 409 ? await findMade(requestId) : null;
        if (earlier !== null) return earlier;
        throw new MachineRefusedError(`${region}: ${error.message}`, { cause: error });
      }
    },

    async start(machineId) {
      await api.call('POST', `${on(machineId)}/uncordon`, {}, { ignore: [404] });
      await api.call('POST', `${on(machineId)}/start`, {}, { ignore: [404] });
    },

    async stop(machineId) {
      await api.call('POST', `${on(machineId)}/cordon`, {}, { ignore: [404] });
      const how = { signal: 'SIGTERM', timeout: `${DRAIN_SECONDS}s` };
      await api.call('POST', `${on(machineId)}/stop`, how, { ignore: [404, 412] });
    },

    async destroy(machineId) {
      await api.call('DELETE', `${on(machineId)}?force=true`, undefined, { ignore: [404] });
    },
  };
}

/** Unique in the app: Fly refuses a second machine of a name, so that one request makes one machine. */
const machineName = (requestId: string): string => requestId.replace('_', '-').toLowerCase();

const toMachine = ({
  id,
  state,
  region,
  created_at,
  config,
}: z.infer<typeof FlyMachine>): Machine => ({
  machineId: id,
  requestId: config.metadata[REQUEST_KEY] ?? null,
  region,
  image: config.image,
  state,
  createdAt: Date.parse(created_at),
});

function machineConfig(env: FlyFleetEnv, metadata: Record<string, string>): object {
  return {
    image: env.FLY_RUNNER_IMAGE,
    env: {
      EDGE_URL: env.CALLBACK_URL ?? env.BASE_URL,
      RUNNER_MAX_SESSIONS: String(env.RUNNER_MAX_SESSIONS),
      RUNNER_DRAIN_SECONDS: String(DRAIN_SECONDS - DRAIN_MARGIN_SECONDS),
      HOST: '0.0.0.0',
      PORT: String(RUNNER_PORT),
      PUBLIC_URL: env.FLY_RUNNER_URL ?? `https://${env.FLY_APP}.fly.dev`,
    },
    metadata,
    guest: guestFor(env.RUNNER_MAX_SESSIONS),
    restart: { policy: 'on-failure', max_retries: RESTARTS },
    stop_config: { signal: 'SIGTERM', timeout: `${DRAIN_SECONDS}s` },
    // The proxy counts connections that come in; a runner with sessions may have none.
    services: [
      {
        protocol: 'tcp',
        internal_port: RUNNER_PORT,
        autostop: 'off',
        autostart: false,
        ports: [{ port: 443, handlers: ['tls', 'http'] }],
      },
    ],
  };
}

/**
 * What a machine for so many sessions needs: 500 MB and 0.3 of a core each. Fly has 1, 2, 4, 8 or 16 performance cores, with
 * 2 to 8 GB each. The disk outlives restarts, so that a crashed runner finds its spool.
 */
export function guestFor(sessions: number): {
  cpu_kind: 'performance';
  cpus: number;
  memory_mb: number;
  persist_rootfs: 'restart';
} {
  const wantedMb = 512 + 500 * sessions;
  const cpus =
    [1, 2, 4, 8].find((count) => count >= 0.3 * sessions && count * 8_192 >= wantedMb) ?? 16;
  const memory = Math.max(cpus * 2_048, Math.ceil(wantedMb / 256) * 256);
  return { cpu_kind: 'performance', cpus, memory_mb: memory, persist_rootfs: 'restart' };
}
