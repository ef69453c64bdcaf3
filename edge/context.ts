import type { ErrorCode, ErrorDetails } from '../shared/errors.ts';
import type { NewSpan } from '../shared/tracing/trace-context.ts';
import type { Database } from './db/client.ts';
import type { Egress } from './egress/port.ts';
import type { EdgeEnv } from './env.ts';
import type { Log } from './log/log.ts';
import type { Noted } from './log/noted.ts';
import type { SupabaseTokens } from './identity/supabase/verify-token.ts';
import type { HashGate } from './identity/hash-gate.ts';
import type { Mailer } from './mail/port.ts';
import type { MediaGates } from './media/media-gate.ts';
import type { ReceivedFile } from './media/store-media.ts';
import type { ObjectStore } from './media/object-store.ts';
import type { RateLimiter } from './limiter/port.ts';
import type { Hubs, OneTimeUse } from './realtime/port.ts';
import type { Fleet } from './runners/fleets/port.ts';
import type { ContentSeal } from './values/content-seal.ts';
import type { LastAnswers } from './values/last-answer.ts';
import type { Measured } from './values/measured.ts';
import type { Readiness } from './values/readiness.ts';
import type { SubjectMemory } from './limiter/subject-memory.ts';
import type { RunnerClient } from './runners/port.ts';
import type { Tracer } from './tracing/tracer.ts';
import type { WebhookClock } from './webhooks/port.ts';

/** Who acts. The tenant always comes from here, never from the request. */
export type Actor =
  | {
      type: 'apiKey';
      keyId: string;
      /** SHA-256 of the whole key: what the row is matched by, since the JWT does not cover the prefix. */
      keyHash: string;
      mode: 'live' | 'test';
      /** Requests a minute as the key itself says; the product's default when undefined. */
      perMinute?: number | undefined;
      /** The limits that this request was held to, by the policy's name; undefined when Redis had no say in it. */
      enforced?: Readonly<Record<string, number>> | undefined;
      scopes: readonly string[];
      sessionId: string | null;
      /** The person it belongs to, who bounds what it may do; null for a key of the workspace's own. */
      person: { userId: string; role: 'owner' | 'member'; allSessions: boolean } | null;
    }
  | {
      type: 'user';
      userId: string;
      /** Row of `auth_sessions` that the credential hangs on; null for a Supabase token. */
      authSessionId: string | null;
      credential: 'cookie' | 'token' | 'supabase' | 'adminPassword';
      email: string;
      /** Platform administrator. */
      isAdmin: boolean;
      /** In the workspace that this request acts in. */
      role: 'owner' | 'member';
      /** False: reaches only the sessions that they, or keys they made, created. */
      allSessions: boolean;
    }
  | { type: 'runner'; runnerId: string }
  | { type: 'system'; job: string };

/** What the Worker needs from outside itself; built once per request by `createServices`. */
export type Services = {
  env: EdgeEnv;
  db: Database;
  objects: ObjectStore;
  runners: RunnerClient;
  fleet: Fleet;
  webhookClock: WebhookClock;
  hubs: Hubs;
  /** Seals what is said and what is secret, before it reaches the database. */
  contentSeal: ContentSeal;
  egress: Egress;
  rateLimiter: RateLimiter;
  /** What this isolate remembers of its callers. */
  subjects: SubjectMemory;
  lastReadiness: LastAnswers<Readiness>;
  /** What the metrics were last; null when the database did not say. */
  lastMeasured: LastAnswers<Measured | null>;
  /** Null when no Supabase project is configured. */
  supabaseTokens: SupabaseTokens | null;
  mailer: Mailer;
  /** Keeps password hashing from taking the isolate over. */
  hashGate: HashGate;
  /** Keep files on their way from filling the isolate's memory. */
  mediaGates: MediaGates;
  log: Log;
  /** For the line that is written when the work is done. */
  noted: Noted;
  /** Null where no collector is configured. */
  tracer: Tracer | null;
  /** The span of the request; undefined where nothing is traced, and outside requests of the public API. */
  trace?: NewSpan | undefined;
  /** Unix ms. For stamps only: whatever is compared between processes uses the database's clock. */
  now: () => number;
  /** Lets work go on after the answer. Nothing that must happen may depend on it: there is a sweeper behind it. */
  waitUntil: (work: Promise<unknown>) => void;
};

/**
 * What the audit log knows of a request before it is served. Each request makes one row: its id is fixed from the start, so
 * that a row in the writing statement and one by the queue are the same row.
 */
export type AuditCall = {
  /** Id of the request's row. */
  id: string;
  /** The operation's id in the API document; `unknown` where none answers. */
  operationId: string;
  method: string;
  /** Null where no route was found. */
  route: string | null;
  /** Status of an accepted call; the highest where the operation has several, so 202 for a send. */
  successStatus: number;
  /** A statement that was run holds the row, provided that it wrote: an error goes by the queue all the same. */
  inStatement: boolean;
};

/** What every service verb gets: `verb({ ctx, input })`. */
export type ServiceContext = Services & {
  workspaceId: string;
  actor: Actor;
  requestId: string;
  /** Where the request came from, as `caller-address` reads it; null when that is not known. */
  callerAddress?: string | null;
  /** The request's place in the audit log; undefined where a service is called by none. */
  call?: AuditCall | undefined;
  /** The file of a form, until something takes it: it goes with the request then. */
  formFile?: ReceivedFile | undefined;
  /** Of a large body: it is not needed any more, and another may be read. */
  releaseBody?: () => void;
};

/** What an operation says of itself to those who act before it. */
export type OperationFacts = {
  /** Its body is a file, which is stored while it arrives. */
  takesFile: boolean;
  /** The most that its body may be. */
  limitBytes: number;
  /** The most that a form in place of its body may be; null where it takes none. */
  formLimitBytes: number | null;
  /** The most values that its body may have, where that is more than usual. */
  maxValues: number | undefined;
  /** Its statement reads the state of a key itself, so that nobody need read it before. */
  checksKey: boolean;
  /** It also takes one-time tokens. */
  takesRealtimeToken: boolean;
  /** It also takes the administration's password. */
  takesAdminPassword: boolean;
  /** It goes beyond one workspace: whether the person's own is suspended does not matter. */
  beyondWorkspace: boolean;
};

/** A refusal, before it is written in somebody's envelope. */
export type Failure = {
  code: string;
  message: string;
  details?: ErrorDetails;
  requestId: string;
  timestamp: string;
};

/** How a source system writes its failures. */
export type Dialect = {
  /** Its names for our codes. A code that is not here keeps its name. */
  codes: Readonly<Partial<Record<ErrorCode, string>>>;
  /** Its statuses, where they are not ours. */
  statuses?: Readonly<Partial<Record<ErrorCode, number>>>;
  /** Its words in place of our own for a code. */
  messages?: Readonly<Partial<Record<ErrorCode, string>>>;
  failure: (failure: Failure) => object;
};

/** Hono's types for this app. `actor` and `workspaceId` are there behind the credential middleware only. */
export type AppEnv = {
  Bindings: Record<string, unknown>;
  Variables: {
    services: Services;
    requestId: string;
    startedAt: number;
    /** Of the source system whose address was called, if it writes failures otherwise than we do. */
    dialect?: Dialect | undefined;
    /** On the routes that are audited. */
    call: AuditCall;
    /** Of a request to the public API; undefined when nothing is at its address. */
    operation?: OperationFacts | undefined;
    ctx: ServiceContext;
    /** The one-time token that the request was made with, if it was. */
    oneTimeUse?: OneTimeUse;
    /** Code of the error that is being answered, for the log line. */
    errorCode?: ErrorCode;
  };
};
