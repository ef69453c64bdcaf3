import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import type { Metric } from '../shared/metrics/exposition.ts';
import type { HeartbeatRequest } from '../shared/protocol/leases.ts';
import { createClockCheck } from './edge-client/clock-check.ts';
import { systemClock, unlessAborted, type Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { snapshotTiming } from './credentials/schedule.ts';
import { createEdgeClient } from './edge-client/edge-client.ts';
import type { SessionEngine } from '../shared/session-status.ts';
import { VERSION } from '../shared/version.ts';
import type { EngineFactory, EngineHost } from './engine/port.ts';
import type { RunnerEnv } from './env.ts';
import { createFilePreparation } from './media/prepare-file.ts';
import { createMediaUpload } from './events/media-upload.ts';
import { recoverUnreported } from './events/recover-unreported.ts';
import { ReportSpool } from './events/spool.ts';
import { SpoolStore } from './events/spool-store.ts';
import { createLog, type Log } from './log.ts';
import { RunnerCounts } from './metrics/counts.ts';
import { createProcessMetrics } from './metrics/process-metrics.ts';
import { runnerMetrics } from './metrics/runner-metrics.ts';
import type { SandboxClient } from './sandbox/control-client.ts';
import { createRunnerServer } from './server.ts';
import { planDrain } from './session/drain-plan.ts';
import { Heartbeat } from './session/heartbeat.ts';
import { createLeaseFence } from './session/lease-fence.ts';
import { keepQuarantineShort } from './session/old-quarantine.ts';
import { createMediaDownload } from './session/outbound-media.ts';
import { OWNERSHIP_TIMING, type OwnershipTiming } from './session/ownership-timing.ts';
import { RESOURCE_TIMING, ResourceWatch } from './session/resource-watch.ts';
import { SessionManager } from './session/session-manager.ts';
import { reapStrayEngines } from './session/stray-engines.ts';
import { SESSION_TIMING, type SessionTiming } from './session/timing.ts';
import { Settlements } from './session/settlements.ts';
import { lockDirectory } from './storage/directory-lock.ts';
import { createTracing } from './tracing/tracing.ts';
import { NO_SUPERVISOR, type Supervisor } from './supervisor/supervisor.ts';

/** What the collector gets to take the last spans, with the sessions closed already. */
const LAST_SPANS_MS = 1_000;

export type RunnerOptions = {
  env: RunnerEnv;
  engineFactory: EngineFactory;
  /** Null when this runner plays no sandbox sessions. */
  sandbox: SandboxClient | null;
  /** What each kind of engine adds on the runner's side. */
  hosts: Readonly<Record<SessionEngine, EngineHost>>;
  bootId?: string;
  clock?: Clock;
  random?: () => number;
  log?: Log;
  timing?: Partial<SessionTiming>;
  ownership?: Partial<OwnershipTiming>;
  /** Fences sessions when this process cannot; the runner closes it at its end. */
  supervisor?: Supervisor;
};

export type Runner = {
  runnerId: string;
  bootId: string;
  /** Where the edge reaches this runner. */
  url: string;
  /**
   * Drains: claims nothing more, lets sends in flight end, closes every engine and keeps the links, delivers its reports,
   * notifies the edge, and stops listening. Idempotent.
   */
  stop(): Promise<void>;
  /** Waits for nothing more and kills what is open. Cuts a `stop` short that is under way, or begins one. */
  hurry(): Promise<void>;
  /** Resolves when the runner must stop, since its supervisors died and nothing fences it. */
  readonly unfenced: Promise<void>;
};

/** Builds the runner and starts it. Resolves when it listens. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const { env, hosts, sandbox } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const bootId = options.bootId ?? crypto.randomUUID();
  const runnerId = env.RUNNER_ID;
  const log = options.log ?? createLog({ level: env.LOG_LEVEL, base: { runnerId, bootId } });
  const dataDir = env.WWEBJS_DATA_DIR;
  const supervisor = options.supervisor ?? NO_SUPERVISOR;
  const ownership = { ...OWNERSHIP_TIMING, ...options.ownership };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const unlock = lockDirectory(dataDir);
  const strays = await reapStrayEngines(dataDir, hosts);
  if (strays.length > 0) log.warn('runner.stray_engines', { sessions: strays });

  const keys = env.RUNNER_TO_EDGE_KEYS;
  const edge = createEdgeClient({
    edgeUrl: env.EDGE_URL,
    runnerId,
    bootId,
    keys,
    now: () => clock.now(),
    clockCheck: createClockCheck(log),
  });
  const spooled = await SpoolStore.open(join(dataDir, 'spool'), bootId);
  if (spooled.unreadable > 0) log.error('spool.unreadable', { lines: spooled.unreadable });
  const upload = createMediaUpload({ edge, clock, random });
  const spool = new ReportSpool({ ...spooled, bootId, runnerId, edge, upload, clock, random, log });
  await recoverUnreported({ dataDir, spool, log });
  const settlements = new Settlements();
  const counts = new RunnerCounts();
  const tracing = createTracing(env, { clock, log });

  const snapshots = snapshotTiming({
    afterMs: env.RUNNER_SNAPSHOT_AFTER_SECONDS * 1_000,
    everyMs: env.RUNNER_SNAPSHOT_EVERY_SECONDS * 1_000,
  });
  const sessions = new SessionManager({
    runnerId,
    bootId,
    hosts,
    clock,
    random,
    log,
    edge,
    spool,
    settlements,
    counts,
    dataDir,
    engineFactory: options.engineFactory,
    fence: createLeaseFence({ clock, supervisor, marginMs: ownership.fenceMarginMs }),
    tracing,
    download: createMediaDownload({ prepare: createFilePreparation(env.FFMPEG_PATH) }),
    requestHeartbeat: () => heartbeat.trigger(),
    refusalOf: ({ mode }) =>
      mode === 'sandbox' && sandbox === null
        ? 'this runner plays no sandbox sessions: SANDBOX_URL and SANDBOX_TOKEN are not set'
        : null,
    startCap: env.RUNNER_START_CAP,
    mostUnacked: env.RUNNER_UNACKED_SENDS,
    timing: {
      ...SESSION_TIMING,
      qrTimeoutMs: env.QR_TIMEOUT_MINUTES * 60_000,
      snapshots,
      ...options.timing,
    },
  });

  let url = '';
  const heartbeatRequest = (): HeartbeatRequest => ({
    runnerId,
    bootId,
    url,
    region: env.RUNNER_REGION,
    maxSessions: env.RUNNER_MAX_SESSIONS,
    draining: sessions.draining,
    released: [...sessions.released],
    startRoom: sessions.startRoom,
    pid: process.pid,
    version: VERSION,
    sessions: sessions.view(),
    stored: sessions.stored(),
  });
  const heartbeat = new Heartbeat({
    edge,
    clock,
    random,
    log,
    request: heartbeatRequest,
    apply: (answer, sentAt, asked) => {
      sessions.apply(answer, sentAt, asked);
      edge
        .deathNotice()
        .then((request) => supervisor.lastWord(request, dataDir))
        .catch((error: unknown) => log.error('runner.no_death_notice', { error }));
    },
    everyMs: ownership.heartbeatMs,
    failed: () => (counts.heartbeatFailures += 1),
    recovered: () => spool.retryNow(),
  });
  const memoryLimit = env.RUNNER_SESSION_MEMORY_LIMIT_MB;
  const resources = new ResourceWatch({
    clock,
    log,
    timing: RESOURCE_TIMING,
    limitBytes: memoryLimit === undefined ? null : memoryLimit * 1024 * 1024,
    sessions: () => sessions.running(),
    recycled: () => (counts.recycled += 1),
  });
  const ofProcess = createProcessMetrics();
  const metrics = (): Metric[] => [
    ...runnerMetrics({
      counts,
      sessions: sessions.running(),
      places: env.RUNNER_MAX_SESSIONS,
      draining: sessions.draining,
      heartbeatAnswerAgeMs: heartbeat.answerAgeMs,
      spool,
      browserBytes: resources.bytes,
    }),
    ...ofProcess.metrics(),
  ];
  const server = createRunnerServer({
    runnerId,
    bootId,
    keys: env.EDGE_TO_RUNNER_KEYS,
    sessions,
    settlements,
    sandbox,
    tracing,
    heartbeatNow: () => heartbeat.trigger(),
    metrics: env.METRICS_TOKEN === undefined ? null : { token: env.METRICS_TOKEN, read: metrics },
    counts,
    clock,
    log,
  });

  const port = await listen(server, env.HOST, env.PORT);
  const host = env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST;
  url = env.PUBLIC_URL ?? `http://${host}:${port}`;
  spool.start();
  heartbeat.start();
  resources.start();
  const stopQuarantine = keepQuarantineShort({ dataDir, clock, log });
  log.info('runner.started', { url, port, region: env.RUNNER_REGION, leftInSpool: spool.size });

  const hurried = new AbortController();
  const drain = async (): Promise<void> => {
    const plan = planDrain(env.RUNNER_DRAIN_SECONDS * 1_000);
    log.info('runner.draining', { sessions: sessions.size });
    resources.stop();
    stopQuarantine();
    ofProcess.stop();
    const cancelKill = clock.after(plan.killAfterMs, () => hurried.abort());
    const { sendWaitMs, lastWordMs } = plan;
    const drained = sessions.drain({ sendWaitMs, lastWordMs, hurry: hurried.signal });
    heartbeat.trigger();
    await unlessAborted(drained, hurried.signal);
    const ended = withDeadline(drained, lastWordMs, 'closing every session', clock);
    await ended.catch((error: unknown) => log.error('runner.not_all_closed', { error }));
    cancelKill();
    await spool.close(plan.lastWordMs);
    const lastWord = heartbeat.stop(() => ({
      ...heartbeatRequest(),
      draining: true,
      sessions: [],
    }));
    await withDeadline(lastWord, plan.lastWordMs, 'the last heartbeat', clock).catch(
      (error: unknown) => log.warn('heartbeat.last_failed', { error }),
    );
    await tracing.close(LAST_SPANS_MS);
    await close(server);
    await supervisor.close();
    await reapStrayEngines(dataDir, hosts);
    unlock();
    log.info('runner.stopped');
  };
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= drain());
  const hurry = (): Promise<void> => {
    hurried.abort();
    return stop();
  };
  return { runnerId, bootId, url, stop, hurry, unfenced: supervisor.failed };
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
