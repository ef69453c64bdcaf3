import { createDatabase } from './db/client.ts';
import { createEgress } from './egress/egress.ts';
import type { EdgeEnv } from './env.ts';
import type { Services } from './context.ts';
import type { Log } from './log/log.ts';
import { HashGate } from './identity/hash-gate.ts';
import { KeyCaches } from './identity/supabase/key-cache.ts';
import { createSupabaseTokens } from './identity/supabase/verify-token.ts';
import { createHttpMailer } from './mail/http-mailer.ts';
import { createS3ObjectStore } from './media/s3-object-store.ts';
import { IsolateLimiter } from './limiter/isolate-limiter.ts';
import { createRedisRateLimiter } from './limiter/redis-rate-limiter.ts';
import { createFleet } from './runners/fleets/create-fleet.ts';
import { SubjectMemory } from './limiter/subject-memory.ts';
import { createRunnerClient } from './runners/signed-http-client.ts';
import { createQstashClock } from './webhooks/qstash-clock.ts';

/** What lives as long as the isolate, made once by the Worker. */
export type IsolateState = {
  limiter: IsolateLimiter;
  hashGate: HashGate;
  subjects: SubjectMemory;
  supabaseKeys: KeyCaches;
  log: Log;
};

export const createIsolateState = (log: Log): IsolateState => ({
  limiter: new IsolateLimiter(),
  hashGate: new HashGate(),
  subjects: new SubjectMemory(),
  supabaseKeys: new KeyCaches(),
  log,
});

export type ComposeInput = {
  env: EdgeEnv;
  isolate: IsolateState;
  waitUntil: (work: Promise<unknown>) => void;
  now?: () => number;
};

/** The composition root: everything the Worker reaches outside itself, from its environment. Does no I/O. */
export function createServices({
  env,
  isolate,
  waitUntil,
  now = Date.now,
}: ComposeInput): Services {
  return {
    env,
    db: createDatabase({ url: env.DATABASE_URL, httpUrl: env.DATABASE_HTTP_URL }),
    objects: createS3ObjectStore(env),
    runners: createRunnerClient(env),
    fleet: createFleet(env),
    webhookClock: createQstashClock(env),
    egress: createEgress(env, { log: isolate.log, now }),
    rateLimiter: createRedisRateLimiter({
      env,
      fallback: isolate.limiter,
      log: isolate.log,
      now,
      waitUntil,
    }),
    subjects: isolate.subjects,
    supabaseTokens: createSupabaseTokens({
      env,
      keys: isolate.supabaseKeys,
      now,
      log: isolate.log,
    }),
    mailer: createHttpMailer({ env }),
    hashGate: isolate.hashGate,
    log: isolate.log,
    now,
    waitUntil,
  };
}
