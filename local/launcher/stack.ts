import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundled } from '../programs/bundled.ts';
import { edgeVariables, local } from './edge-variables.ts';
import type { LauncherEnv } from './env.ts';
import { ManagedProcess } from '../managed-process.ts';
import { migrate } from './migrate.ts';
import {
  localRunner,
  runnerEnvironment,
  runnerPorts,
  writeRunnerEnvironment,
} from './runner-environment.ts';
import { serviceConfigs, SMALL_SERVICES } from './service-configs.ts';
import type { Settings } from './settings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/**
 * Memory that is not in use goes back, for every process (runners as in Dockerfile.runner): a nursery that stays small, and
 * few malloc arenas.
 */
const LEAN = {
  NODE_OPTIONS: '--max-semi-space-size=2',
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
const FLY_APP = 'waypost-runners';

export type Stack = {
  apiUrl: string;
  inspectorUrl: string;
  mailUrl: string;
  /** For plain PostgreSQL clients: migrations and seed. */
  databaseUrl: string;
  processes: () => { name: string; pid: number | undefined; url: string | undefined }[];
  stop: () => Promise<void>;
};

export type StackOptions = {
  env: LauncherEnv;
  settings: Settings;
  say: (text: string) => void;
  /** Called when a process that had died runs again, under a new pid. */
  onRestart: () => void;
};

/**
 * Starts every part in the order in which they need each other: the services production rents, the small ones in one process;
 * then the edge, then the runners. When one cannot start, those that did are stopped and the error says which.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { env, settings, say } = options;
  const { ports, secrets } = settings;
  const started: ManagedProcess[] = [];

  await mkdir(join(env.directory, 'logs'), { recursive: true });
  const run = async (name: string, file: string, environment: Record<string, string>) => {
    const process = new ManagedProcess(
      {
        name,
        file,
        environment: { ...LEAN, ...environment },
        logFile: join(env.directory, 'logs', `${name}.log`),
        readyWithinMs: 60_000,
      },
      options.onRestart,
    );
    started.push(process);
    const facts = await process.start();
    say(`${name} is up`);
    return facts;
  };
  const service = (name: string, file: string, config: Record<string, unknown>) =>
    run(name, file, {
      WAYPOST_SERVICE: JSON.stringify({ dataDir: join(env.directory, 'data', name), ...config }),
    });
  const stop = async (): Promise<void> => {
    // All at once: stopped one by one, each runner would hand its sessions to the next one that is about to stop.
    const runners = started.filter(({ name }) => name.startsWith('runner-'));
    await Promise.all(runners.map((runner) => runner.stop()));
    for (const process of started.toReversed())
      if (!runners.includes(process)) await process.stop();
  };

  try {
    const configs = serviceConfigs({ ...options, lean: LEAN });
    const neon =
      env.WAYPOST_SERVICES === 'together'
        ? await run('services', bundled('services'), {
            WAYPOST_SERVICE: JSON.stringify({ logDir: join(env.directory, 'logs'), ...configs }),
          })
        : await Promise.all(
            SMALL_SERVICES.map((name) =>
              service(name, join(root, 'local', name, 'main.ts'), configs[name]),
            ),
          ).then(([first]) => first);
    const databaseUrl = String(neon?.connectionString);
    await migrate(databaseUrl);
    say('the database is at the newest schema');

    const egressAllow = [`127.0.0.1:${ports.inspector}`, ...env.EGRESS_ALLOW];
    await service('edge', bundled('edge'), {
      port: ports.api,
      logFile: join(env.directory, 'logs', 'worker.log'),
      privateEgress: privateRanges(egressAllow),
      variablesFile: join(env.directory, 'edge.json'),
      variables: {
        ...edgeVariables({ env, settings, databaseUrl }),
        EGRESS_ALLOW: egressAllow.join(','),
        ...fleetVariables(options),
      },
    });

    // After the edge, so that it stops before it: a runner that drains still has things to say.
    if (env.WAYPOST_FLEET === 'fly')
      await service('fly', bundled('fly'), {
        port: ports.fly,
        token: secrets.flyToken,
        apps: [FLY_APP],
        program: bundled('runner'),
        imageEnv: { ...LEAN, WWEBJS_DATA_DIR: '{root}/data' },
        secrets: runnerEnvironment(options, 0),
      });
    else if (env.WAYPOST_RUNNERS === 0) await writeRunnerEnvironment(options);
    else
      await Promise.all(
        runnerPorts(options).map((port, index) =>
          run(`runner-${index + 1}`, bundled('runner'), {
            ...runnerEnvironment(options, port),
            ...localRunner(index + 1),
            WWEBJS_DATA_DIR: join(env.directory, 'data', `runner-${index + 1}`),
          }),
        ),
      );

    return {
      apiUrl: local(ports.api),
      inspectorUrl: local(ports.inspector),
      mailUrl: local(ports.mail),
      databaseUrl,
      processes: () =>
        started.flatMap(({ name, pid, facts }) =>
          name === 'services'
            ? SMALL_SERVICES.map((each) => ({ name: each, pid, url: local(ports[each]) }))
            : [{ name, pid, url: facts?.url }],
        ),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the edge is told of its fleet. */
function fleetVariables({ env, settings }: StackOptions): Record<string, string> {
  const { ports, secrets } = settings;
  const shared = {
    FLEET: env.WAYPOST_FLEET,
    RUNNER_MAX_SESSIONS: String(env.RUNNER_MAX_SESSIONS),
    RUNNER_DISK_WAIT_SECONDS: env.RUNNER_DISK_WAIT_SECONDS,
    RESERVED_PLACES_PERCENT: env.RESERVED_PLACES_PERCENT,
  };
  if (env.WAYPOST_FLEET === 'static')
    return { ...shared, RUNNER_URLS: runnerPorts({ env, settings }).map(local).join(',') };
  return {
    ...shared,
    FLY_API_URL: local(ports.fly),
    FLY_API_TOKEN: secrets.flyToken,
    FLY_APP,
    FLY_RUNNER_IMAGE: 'waypost-runner:local',
    FLEET_MIN_MACHINES: env.FLEET_MIN_MACHINES,
    FLEET_MAX_MACHINES: env.FLEET_MAX_MACHINES,
    FLEET_REGIONS: env.FLEET_REGIONS,
    FLEET_IDLE_MINUTES: env.FLEET_IDLE_MINUTES,
  };
}

/** Networks that the private egress service may reach: those of the allow list's entries, whole addresses as /32. */
function privateRanges(allow: readonly string[]): string[] {
  const ranges = allow.map((entry) => {
    if (entry.includes('/')) return entry;
    const host = entry.replace(/:\d+$/, '');
    return /^[\d.]+$/.test(host) ? `${host}/32` : 'private';
  });
  return [...new Set(ranges)];
}
