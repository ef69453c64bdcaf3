import { createEgress } from './egress/egress.ts';
import { type Clients, clientsOf, once } from './clients.ts';
import type { EdgeEnv } from './env.ts';
import type { Services } from './context.ts';
import type { Log } from './log/log.ts';
import { HashGate } from './identity/hash-gate.ts';
import { KeyCaches } from './identity/supabase/key-cache.ts';
import { createSupabaseTokens } from './identity/supabase/verify-token.ts';
import { createMediaGates, type MediaGates } from './media/media-gate.ts';
import { IsolateLimiter } from './limiter/isolate-limiter.ts';
import { createRedisRateLimiter } from './limiter/redis-rate-limiter.ts';
import { LastAnswers } from './values/last-answer.ts';
import type { Measured } from './values/measured.ts';
import type { Readiness } from './values/readiness.ts';
import { traceRunnerCalls } from './runners/trace-calls.ts';
import { createTracer } from './tracing/tracer.ts';
import { SubjectMemory } from './limiter/subject-memory.ts';

/** What lives as long as the isolate, made once by the Worker. */
export type IsolateState = {
  limiter: IsolateLimiter;
  hashGate: HashGate;
  mediaGates: MediaGates;
  subjects: SubjectMemory;
  lastReadiness: LastAnswers<Readiness>;
  lastMeasured: LastAnswers<Measured | null>;
  supabaseKeys: KeyCaches;
  log: Log;
  /** Clients of each environment that the isolate has seen; in production there is one. */
  clients: WeakMap<EdgeEnv, Clients>;
};

export const createIsolateState = (log: Log): IsolateState => ({
  limiter: new IsolateLimiter(),
  hashGate: new HashGate(),
  mediaGates: createMediaGates(),
  subjects: new SubjectMemory(),
  lastReadiness: new LastAnswers(),
  lastMeasured: new LastAnswers(),
  supabaseKeys: new KeyCaches(),
  log,
  clients: new WeakMap(),
});

export type ComposeInput = {
  env: EdgeEnv;
  isolate: IsolateState;
  waitUntil: (work: Promise<unknown>) => void;
  now?: () => number;
};

/**
 * The composition root: everything the Worker reaches outside itself, from its environment. Does no I/O. Each client is made
 * by the first who uses it: those that remember nothing of a request for the isolate, the others for the request. Hand the
 * object on as it is, since a copy makes them all.
 */
export function createServices({
  env,
  isolate,
  waitUntil,
  now = Date.now,
}: ComposeInput): Services {
  const { limiter: fallback, log } = isolate;
  const clients = clientsOf(env, isolate.clients, log);
  const egress = once(() => createEgress(env, { log, now }));
  const rateLimiter = once(() => createRedisRateLimiter({ env, fallback, log, now, waitUntil }));
  const supabaseTokens = once(() =>
    createSupabaseTokens({ env, keys: isolate.supabaseKeys, now, log }),
  );
  const { spans } = clients;
  const tracer = spans && createTracer(spans, env.OTEL_TRACES_SAMPLER_ARG ?? 1, waitUntil);
  const services: Services = {
    env,
    get db() {
      return clients.db;
    },
    get objects() {
      return clients.objects;
    },
    get runners() {
      return tracer === null ? clients.runners : traceRunnerCalls(clients.runners, services);
    },
    get fleet() {
      return clients.fleet;
    },
    get webhookClock() {
      return clients.webhookClock;
    },
    get hubs() {
      return clients.hubs;
    },
    get egress() {
      return egress();
    },
    get rateLimiter() {
      return rateLimiter();
    },
    get supabaseTokens() {
      return supabaseTokens();
    },
    get mailer() {
      return clients.mailer;
    },
    get contentSeal() {
      return clients.contentSeal;
    },
    subjects: isolate.subjects,
    lastReadiness: isolate.lastReadiness,
    lastMeasured: isolate.lastMeasured,
    hashGate: isolate.hashGate,
    mediaGates: isolate.mediaGates,
    log,
    noted: {},
    tracer,
    now,
    waitUntil,
  };
  return services;
}
