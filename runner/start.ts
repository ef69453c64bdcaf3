import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import type { HeartbeatRequest } from '../shared/protocol/leases.ts';
import { systemClock, type Clock } from './clock.ts';
import { createEdgeClient } from './edge-client/edge-client.ts';
import type { EngineFactory } from './engine/port.ts';
import type { RunnerEnv } from './env.ts';
import { createMediaUpload } from './events/media-upload.ts';
import { ReportSpool } from './events/spool.ts';
import { SpoolStore } from './events/spool-store.ts';
import { createLog, type Log } from './log.ts';
import type { SandboxClient } from './sandbox/control-client.ts';
import { createRunnerServer } from './server.ts';
import { Heartbeat } from './session/heartbeat.ts';
import { createLeaseFence } from './session/lease-fence.ts';
import { createMediaDownload } from './session/outbound-media.ts';
import { SessionManager } from './session/session-manager.ts';
import { SESSION_TIMING, type SessionTiming } from './session/timing.ts';
import { Settlements } from './session/settlements.ts';

const DRAIN_SEND_WAIT_MS = 20_000;
const DRAIN_SPOOL_WAIT_MS = 10_000;
const CONCURRENT_STARTS = 2;

export type RunnerOptions = {
  env: RunnerEnv;
  engineFactory: EngineFactory;
  /** Null when this runner plays no sandbox sessions. */
  sandbox: SandboxClient | null;
  bootId?: string;
  clock?: Clock;
  random?: () => number;
  log?: Log;
  timing?: Partial<SessionTiming>;
};

export type Runner = {
  runnerId: string;
  bootId: string;
  /** Where the edge calls this runner. */
  url: string;
  /**
   * Drains: claims nothing more, lets sends in flight end, closes every engine and keeps the links, hands its reports
   * over, tells the edge, and closes the door. Idempotent.
   */
  stop(): Promise<void>;
};

/** Puts the runner together and starts it. Resolves when its door is open. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const { env, sandbox } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const bootId = options.bootId ?? crypto.randomUUID();
  const runnerId = env.RUNNER_ID;
  const log = options.log ?? createLog({ level: env.LOG_LEVEL, base: { runnerId, bootId } });
  await mkdir(env.WWEBJS_DATA_DIR, { recursive: true, mode: 0o700 });

  const keys = env.RUNNER_TO_EDGE_KEYS;
  const edge = createEdgeClient({ edgeUrl: env.EDGE_URL, runnerId, bootId, keys });
  const spooled = await SpoolStore.open(join(env.WWEBJS_DATA_DIR, 'spool'), bootId);
  if (spooled.unreadable > 0) log.error('spool.unreadable', { lines: spooled.unreadable });
  const upload = createMediaUpload({ edge, clock, random });
  const spool = new ReportSpool({ ...spooled, bootId, runnerId, edge, upload, clock, random, log });
  const settlements = new Settlements();

  const sessions = new SessionManager({
    bootId,
    clock,
    random,
    log,
    edge,
    spool,
    settlements,
    dataDir: env.WWEBJS_DATA_DIR,
    engineFactory: options.engineFactory,
    fence: createLeaseFence(clock),
    download: createMediaDownload({}),
    requestHeartbeat: () => heartbeat.trigger(),
    refusalOf: ({ mode }) =>
      mode === 'sandbox' && sandbox === null
        ? 'this runner plays no sandbox sessions: SANDBOX_URL and SANDBOX_TOKEN are not set'
        : null,
    concurrentStarts: CONCURRENT_STARTS,
    timing: { ...SESSION_TIMING, ...options.timing },
  });

  let url = '';
  const heartbeatRequest = (): HeartbeatRequest => ({
    runnerId,
    bootId,
    url,
    region: env.RUNNER_REGION,
    maxSessions: env.RUNNER_MAX_SESSIONS,
    draining: sessions.draining,
    sessions: sessions.view(),
  });
  const heartbeat = new Heartbeat({
    edge,
    clock,
    random,
    log,
    request: heartbeatRequest,
    apply: (answer, sentAt) => sessions.apply(answer, sentAt),
  });
  const server = createRunnerServer({
    runnerId,
    bootId,
    keys: env.EDGE_TO_RUNNER_KEYS,
    sessions,
    settlements,
    sandbox,
    heartbeatNow: () => heartbeat.trigger(),
    clock,
    log,
  });

  const port = await listen(server, env.HOST, env.PORT);
  const host = env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST;
  url = env.PUBLIC_URL ?? `http://${host}:${port}`;
  spool.start();
  heartbeat.start();
  log.info('runner.started', { url, port, region: env.RUNNER_REGION, leftInSpool: spool.size });

  const stop = async (): Promise<void> => {
    log.info('runner.draining', { sessions: sessions.size });
    const drained = sessions.drain(DRAIN_SEND_WAIT_MS);
    heartbeat.trigger();
    await drained;
    await spool.close(DRAIN_SPOOL_WAIT_MS);
    await heartbeat.stop({ ...heartbeatRequest(), draining: true, sessions: [] });
    await close(server);
    log.info('runner.stopped');
  };
  let stopped: Promise<void> | null = null;
  return { runnerId, bootId, url, stop: () => (stopped ??= stop()) };
}

const Address = z.object({ port: z.number() });

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(Address.parse(server.address()).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // A doorbell may still wait for a message that will not end here.
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
  });
}
