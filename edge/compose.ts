import { createDatabase } from './db/client.ts';
import { createEgress } from './egress/egress.ts';
import type { EdgeEnv } from './env.ts';
import type { Services } from './context.ts';
import type { Log } from './log/log.ts';
import { HashGate } from './identity/hash-gate.ts';
import { KeyCaches } from './identity/supabase/key-cache.ts';
import { createSupabaseTokens } from './identity/supabase/verify-token.ts';
import { createHttpMailer } from './mail/http-mailer.ts';
import { createMediaGates, type MediaGates } from './media/media-gate.ts';
import { createS3ObjectStore } from './media/s3-object-store.ts';
import { IsolateLimiter } from './limiter/isolate-limiter.ts';
import { createRedisRateLimiter } from './limiter/redis-rate-limiter.ts';
import { createFleet } from './runners/fleets/create-fleet.ts';
import type { LastReadiness } from './values/readiness.ts';
import { SubjectMemory } from './limiter/subject-memory.ts';
import { createRunnerClient } from './runners/signed-http-client.ts';
import { createQstashClock } from './webhooks/qstash-clock.ts';

/** What lives as long as the isolate, made once by the Worker. */
export type IsolateState = {
  limiter: IsolateLimiter;
  hashGate: HashGate;
  mediaGates: MediaGates;
  subjects: SubjectMemory;
  lastReadiness: LastReadiness;
  supabaseKeys: KeyCaches;
  log: Log;
};

export const createIsolateState = (log: Log): IsolateState => ({
  limiter: new IsolateLimiter(),
  hashGate: new HashGate(),
  mediaGates: createMediaGates(),
  subjects: new SubjectMemory(),
  lastReadiness: new WeakMap(),
  supabaseKeys: new KeyCaches(),
  log,
});

export type ComposeInput = {
  env: EdgeEnv;
  isolate: IsolateState;
  waitUntil: (work: Promise<unknown>) => void;
  now?: () => number;
};

/** Made when it is first asked for, and kept. */
function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}

/**
 * The composition root: everything the Worker reaches outside itself, from its environment. Does no I/O. Most requests
 * need two or three of the clients, so that each is made by the first who uses it. Hand the object on as it is, since a
 * copy makes them all.
 */
export function createServices({
  env,
  isolate,
  waitUntil,
  now = Date.now,
}: ComposeInput): Services {
  const { limiter: fallback, log } = isolate;
  const db = once(() => createDatabase({ url: env.DATABASE_URL, httpUrl: env.DATABASE_HTTP_URL }));
  const objects = once(() => createS3ObjectStore(env));
  const runners = once(() => createRunnerClient(env));
  const fleet = once(() => createFleet(env));
  const webhookClock = once(() => createQstashClock(env));
  const egress = once(() => createEgress(env, { log, now }));
  const rateLimiter = once(() => createRedisRateLimiter({ env, fallback, log, now, waitUntil }));
  const supabaseTokens = once(() =>
    createSupabaseTokens({ env, keys: isolate.supabaseKeys, now, log }),
  );
  const mailer = once(() => createHttpMailer({ env }));
  return {
    env,
    get db() {
      return db();
    },
    get objects() {
      return objects();
    },
    get runners() {
      return runners();
    },
    get fleet() {
      return fleet();
    },
    get webhookClock() {
      return webhookClock();
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
      return mailer();
    },
    subjects: isolate.subjects,
    lastReadiness: isolate.lastReadiness,
    hashGate: isolate.hashGate,
    mediaGates: isolate.mediaGates,
    log,
    now,
    waitUntil,
  };
}
