import { join } from 'node:path';
import { local } from './edge-variables.ts';
import type { LauncherEnv } from './env.ts';
import { type Settings, writePrivateText } from './settings.ts';

type Options = { env: LauncherEnv; settings: Settings };

/** Where the runners listen. One that others start has the place of the first. */
export const runnerPorts = ({ env, settings: { ports } }: Options): number[] =>
  [ports.runner1, ports.runner2, ports.runner3, ports.runner4].slice(
    0,
    Math.max(env.WAYPOST_RUNNERS, 1),
  );

export const localRunner = (number: number) => ({
  RUNNER_ID: `runner-${number}`,
  RUNNER_REGION: 'local',
});

/** What every runner is told; on Fly these would be the app's secrets. */
export function runnerEnvironment(
  { env, settings }: Options,
  port: number,
): Record<string, string> {
  const { ports, secrets } = settings;
  return {
    RUNNER_MAX_SESSIONS: String(env.RUNNER_MAX_SESSIONS),
    RUNNER_START_CAP: env.RUNNER_START_CAP,
    RUNNER_UNACKED_SENDS: env.RUNNER_UNACKED_SENDS,
    RUNNER_SNAPSHOT_AFTER_SECONDS: env.RUNNER_SNAPSHOT_AFTER_SECONDS,
    QR_TIMEOUT_MINUTES: env.QR_TIMEOUT_MINUTES,
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: '',
    EDGE_URL: local(ports.api),
    EDGE_TO_RUNNER_KEYS: `k1:${secrets.edgeToRunnerKey}`,
    RUNNER_TO_EDGE_KEYS: `k1:${secrets.runnerToEdgeKey}`,
    PUPPETEER_EXECUTABLE_PATH: env.PUPPETEER_EXECUTABLE_PATH ?? '',
    EGRESS_ALLOW: env.EGRESS_ALLOW.join(','),
    OTEL_EXPORTER_OTLP_ENDPOINT: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    OTEL_EXPORTER_OTLP_HEADERS: env.OTEL_EXPORTER_OTLP_HEADERS,
    ...(env.FFMPEG_PATH === undefined ? {} : { FFMPEG_PATH: env.FFMPEG_PATH }),
    SANDBOX_URL: local(ports.sandbox),
    SANDBOX_TOKEN: secrets.sandboxToken,
    METRICS_TOKEN: secrets.runnerMetricsToken,
  };
}

/** What a runner elsewhere on this machine is told (compose.yaml), as `node --env-file` reads it. It knows its own disk and browser. */
export async function writeRunnerEnvironment(options: Options): Promise<void> {
  const [port = 0] = runnerPorts(options);
  const variables = { ...runnerEnvironment(options, port), ...localRunner(1) };
  const lines = Object.entries(variables)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}\n`);
  await writePrivateText(join(options.env.directory, 'runner.env'), lines.join(''));
}
