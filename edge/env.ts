import { z } from 'zod';
import { EgressAllowText } from '../shared/egress/allow-list.ts';
import { SigningKeysText } from '../shared/signing/keys.ts';
import { TRACING_VARIABLES } from '../shared/tracing/settings.ts';
import { EncryptionKeysText } from './values/master-keys.ts';
import { BaseUrl, basePath } from './values/public-url.ts';
import {
  list,
  optional,
  originList,
  lowerCaseList,
  rangeList,
  secretHex,
} from './values/setting.ts';

const Binding = z.custom<Fetcher>(
  (value) => typeof value === 'object' && value !== null && 'fetch' in value,
  'a service binding is missing; see wrangler.toml',
);

/** What others call of a workspace's hub, beside its `fetch`. */
type HubObject = Rpc.DurableObjectBranded & { wake(): void; look(): void; count(): number };

const QueueBinding = z.custom<Queue>(
  (value) => typeof value === 'object' && value !== null && 'sendBatch' in value,
  'a queue binding is missing; see wrangler.toml',
);

const HubBinding = z.custom<DurableObjectNamespace<HubObject>>(
  (value) => typeof value === 'object' && value !== null && 'getByName' in value,
  'the binding of the hubs is missing; see wrangler.toml',
);

const HEADER_NAME = /^[a-z0-9-]+$/;
const FORWARDED = new Set(['x-forwarded-for', 'forwarded']);

/** Everything the Worker is told: variables, secrets and bindings. Secrets have no defaults. */
export const EdgeEnv = z.object({
  /** Where this Worker is reached from outside, with the path that a proxy serves it below, if any. */
  BASE_URL: BaseUrl,
  /** Where QStash and runners reach it, when that is another address than BASE_URL. */
  CALLBACK_URL: optional(z.url()),
  /** The database, by Neon's pooled address. */
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'a postgresql:// connection string'),
  /** Neon's HTTP endpoint, when it is not the one derived from DATABASE_URL's host. */
  DATABASE_HTTP_URL: z.url().optional(),
  /** Upstash Redis, which counts calls against the rate limits. */
  UPSTASH_REDIS_REST_URL: z.url(),
  /** The token of that Redis; it must be able to write. */
  UPSTASH_REDIS_REST_TOKEN: z.string().min(16),
  /** QStash, which calls back when deliveries and scheduled sends are due. The address of your region. */
  QSTASH_URL: z.url(),
  /** Lets the Worker publish to QStash. */
  QSTASH_TOKEN: z.string().min(16),
  /** Checks that a call back comes from QStash. */
  QSTASH_CURRENT_SIGNING_KEY: z.string().min(16),
  /** The key that QStash signs with after its next rotation. */
  QSTASH_NEXT_SIGNING_KEY: z.string().min(16),
  /** S3-compatible storage for files and copies of sessions: `https://<account>.r2.cloudflarestorage.com`. */
  S3_ENDPOINT: z.url(),
  /** Where callers reach the storage for large uploads, when that is another address than S3_ENDPOINT. */
  S3_PUBLIC_ENDPOINT: optional(z.url({ protocol: /^https?$/ })),
  /** Region of the bucket; `auto` for R2 and Tigris. */
  S3_REGION: z.string().default('auto'),
  /** Of this deployment alone: files in it that its database does not know are deleted. */
  S3_BUCKET: z.string().min(3),
  /** Access key that may read, write and delete in the bucket. */
  S3_ACCESS_KEY_ID: z.string().min(8),
  /** The secret that belongs to that access key. */
  S3_SECRET_ACCESS_KEY: z.string().min(16),
  /** Signs commands to runners: `id:secret,id:secret`; the first signs, all are accepted. Runners have the same. */
  EDGE_TO_RUNNER_KEYS: SigningKeysText,
  /** Checks what runners report. Other secrets than those of EDGE_TO_RUNNER_KEYS. */
  RUNNER_TO_EDGE_KEYS: SigningKeysText,
  /** Signs the JWT inside API keys. */
  API_KEY_SIGNING_KEY: secretHex,
  /** Signs the identity library's cookies and mailed links. */
  AUTH_SECRET: secretHex,
  /** Signs user tokens (`POST /auth/token`). */
  USER_TOKEN_SIGNING_KEY: secretHex,
  /** Master keys that sessions' data keys are wrapped by: `v2:<64 hex>,v1:<64 hex>`; the first wraps, all unwrap. */
  SESSION_ENCRYPTION_KEY: EncryptionKeysText,
  /** Hashes the ids of people who were erased. With another one, those of them who had opted out could be written to again. */
  CONTACT_HASH_KEY: secretHex,

  /** Mail provider that takes `POST {MAIL_URL}/emails` as Resend's API does. */
  MAIL_URL: z.url(),
  /** Sent to the mail provider as a bearer token. */
  MAIL_TOKEN: z.string().min(8),
  /** Sender, as `Waypost <hello@example.com>`. */
  MAIL_FROM: z.string().min(3),

  /** Client of sign-in with Google. Goes with GOOGLE_CLIENT_SECRET. */
  GOOGLE_CLIENT_ID: optional(z.string()),
  /** Goes with GOOGLE_CLIENT_ID. */
  GOOGLE_CLIENT_SECRET: optional(z.string()),
  /** Who signs Google's tokens. */
  GOOGLE_ISSUER: z.url().default('https://accounts.google.com'),

  /** Project whose access tokens are accepted: `https://<ref>.supabase.co`. */
  SUPABASE_URL: optional(z.url({ protocol: /^https?$/ })),
  /** The project's legacy HS256 secret; without it only tokens signed by the project's published keys are good. */
  SUPABASE_JWT_SECRET: optional(
    z.string().min(32, 'a legacy JWT secret has 32 characters or more'),
  ),
  /**
   * `confirmed`: the project has its users confirm their addresses, and its tokens are believed. Otherwise a person's first
   * token only has them mailed a link that confirms theirs.
   */
  SUPABASE_EMAILS: z.enum(['unproved', 'confirmed']).default('unproved'),
  /** Providers of the project that the dashboard offers to sign in with, comma-separated, as `github,azure`. */
  SUPABASE_PROVIDERS: lowerCaseList.default([]),

  /**
   * Who may sign up: everybody, people with an invitation, or nobody. ADMIN_EMAILS always may. By default `open` where BASE_URL
   * is this machine, else `invited`.
   */
  SIGN_UP: optional(z.enum(['open', 'invited', 'closed'])),
  /** People who are platform administrators once their address is verified. */
  ADMIN_EMAILS: lowerCaseList.default([]),
  /** Addresses and CIDR ranges that `/v1/admin` may be used from; none = any. */
  ADMIN_ALLOWED_IPS: rangeList.default([]),
  /** Name for HTTP Basic at `/admin` and `/api/admin`. */
  ADMIN_USERNAME: z
    .string()
    .regex(/^[^:]+$/, 'a name without a colon')
    .default('admin'),
  /** With a password, `/admin` and `/api/admin` take HTTP Basic too; it acts for the platform's first administrator. */
  ADMIN_PASSWORD: optional(z.string().min(8)),

  /** Origins whose pages may call the API from a browser, comma-separated; none = this Worker's own origin only. */
  CORS_ORIGINS: originList.default([]),
  /** Where the dashboard is served, when not from here; its origin is allowed as those in CORS_ORIGINS are. */
  FRONTEND_URL: optional(z.url({ protocol: /^https?$/ })),
  /**
   * The header in which the proxy in front of the Worker states the client's address, overwriting what the client sent:
   * `cf-connecting-ip` on Cloudflare. Without it all clients count as one where addresses are counted.
   */
  CLIENT_IP_HEADER: optional(
    z
      .string()
      .toLowerCase()
      .regex(HEADER_NAME, 'the name of one header, as cf-connecting-ip')
      .refine(
        (name) => !FORWARDED.has(name),
        'clients can write into this header themselves; name one that your proxy overwrites, as x-real-ip',
      ),
  ),
  /** DNS over HTTPS resolver that a webhook's or file's host is checked with before it is called. */
  DOH_URL: z.url().optional(),
  /** `host:port` or CIDR entries that webhooks and media may reach although they are private; self-hosting only. */
  EGRESS_ALLOW: EgressAllowText.default([]),

  /** Where runners come from: `static` ones register themselves, `fly` machines are created as needed. */
  FLEET: z.enum(['static', 'fly']).default('static'),
  /** Addresses of the runners that a static fleet should have, so that a missing one is noticed. */
  RUNNER_URLS: list.default([]),
  /** Sessions that a machine has room for; 1 = a machine per session. */
  RUNNER_MAX_SESSIONS: z.coerce.number().int().min(1).max(1_000).default(10),
  /** Fly's Machines API. */
  FLY_API_URL: z.url().default('https://api.machines.dev'),
  /** Lets the Worker create and stop machines of FLY_APP. */
  FLY_API_TOKEN: optional(z.string().min(8)),
  /** The Fly app whose machines are the runners; its secrets hold the signing keys. */
  FLY_APP: optional(z.string().min(1)),
  /** Image of the runner, best pinned by digest. A new one replaces the machines one by one. */
  FLY_RUNNER_IMAGE: optional(z.string().min(1)),
  /** Where the app is reached, when not at https://<FLY_APP>.fly.dev. */
  FLY_RUNNER_URL: optional(z.url({ protocol: /^https?$/ })),
  /** Machines that run even when no session needs them. */
  FLEET_MIN_MACHINES: z.coerce.number().int().min(0).default(0),
  /** Machines that there are at most. */
  FLEET_MAX_MACHINES: z.coerce.number().int().min(1).max(1_000).default(10),
  /** Regions in which machines are created, comma-separated; the first serves sessions that have none. */
  FLEET_REGIONS: lowerCaseList.default([]),
  /** A machine without sessions is stopped after this. */
  FLEET_IDLE_MINUTES: z.coerce.number().min(0).default(10),
  /**
   * How long a linked session, whose newest keys are in no copy, waits for the runner whose disk has them, counted from the
   * runner's last heartbeat. Then it continues elsewhere from an older copy.
   */
  RUNNER_DISK_WAIT_SECONDS: z.coerce.number().int().min(0).max(86_400).default(15),
  /** Percentage of each runner's places kept for workspaces above Basic. */
  RESERVED_PLACES_PERCENT: z.coerce.number().int().min(0).max(90).default(20),
  /** A message that WhatsApp has accepted but not delivered after this time is reported as stalled. */
  MESSAGE_STALLED_AFTER_MINUTES: z.coerce.number().int().min(1).max(1_440).default(30),
  /** Logs of sessions and their former owners are kept for this long; the uptime of a week needs more than that. */
  LOG_RETENTION_DAYS: z.coerce.number().int().min(8).max(3_650).default(90),
  /** Events and their deliveries are kept for this long; the longest schedule of retries takes three days. */
  EVENT_RETENTION_DAYS: z.coerce.number().int().min(4).max(3_650).default(30),
  /** Your monitoring sends it as a bearer token to `/metrics`, `/ready` and `/diagnosis`. Without it, `/metrics` and `/diagnosis` do not exist. */
  METRICS_TOKEN: optional(z.string().min(16)),
  ...TRACING_VARIABLES,
  /** Share of calls traced that come without a `traceparent`; of the others that header decides. */
  OTEL_TRACES_SAMPLER_ARG: optional(z.coerce.number().min(0).max(1)),
  EGRESS: Binding,
  /** Reaches only what EGRESS_ALLOW names; absent in production. */
  EGRESS_PRIVATE: Binding.optional(),
  ASSETS: Binding.optional(),
  /** Carries audit rows of reads and refusals to the consumer that writes them by the batch. */
  AUDIT_QUEUE: QueueBinding,
  /** One Durable Object a workspace, which holds its realtime connections. */
  HUB: HubBinding,
});
export type EdgeEnv = z.infer<typeof EdgeEnv>;

/** What does not fit together about the fleet. */
function fleetProblems(env: EdgeEnv): { path: string[]; message: string }[] {
  const problems: { path: string[]; message: string }[] = [];
  if (env.FLEET_MIN_MACHINES > env.FLEET_MAX_MACHINES)
    problems.push({
      path: ['FLEET_MIN_MACHINES'],
      message: 'is more than FLEET_MAX_MACHINES, so it could never be reached',
    });
  if (env.FLEET === 'static') return problems;
  for (const name of ['FLY_API_TOKEN', 'FLY_APP', 'FLY_RUNNER_IMAGE'] as const) {
    if (env[name] === undefined)
      problems.push({
        path: [name],
        message: 'is needed with FLEET=fly, or no machine could be created',
      });
  }
  if (env.FLEET_REGIONS.length === 0)
    problems.push({
      path: ['FLEET_REGIONS'],
      message: 'is needed with FLEET=fly: name at least one region, as fra or fra,iad',
    });
  if (env.RUNNER_URLS.length > 0)
    problems.push({
      path: ['RUNNER_URLS'],
      message: 'is for FLEET=static; machines of Fly are found through its API',
    });
  return problems;
}

/**
 * Parses the Worker's environment once per isolate, before the first request is served.
 * @throws Error that names every field that is wrong and never shows a value
 */
export function parseEdgeEnv(raw: unknown): EdgeEnv {
  const parsed = EdgeEnv.superRefine((env, context) => {
    if (env.EGRESS_ALLOW.length > 0 && env.EGRESS_PRIVATE === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['EGRESS_ALLOW'],
        message:
          'needs the EGRESS_PRIVATE binding, or webhooks to those hosts would be refused at connect',
      });
    }
    if (basePath(env) !== '' && basePath({ BASE_URL: env.CALLBACK_URL ?? env.BASE_URL }) !== '') {
      context.addIssue({
        code: 'custom',
        path: ['CALLBACK_URL'],
        message:
          'must be an address without a path, since BASE_URL has one: signatures of QStash and runners cover it',
      });
    }
    if ((env.GOOGLE_CLIENT_ID === undefined) !== (env.GOOGLE_CLIENT_SECRET === undefined)) {
      context.addIssue({
        code: 'custom',
        path: ['GOOGLE_CLIENT_ID'],
        message: 'needs GOOGLE_CLIENT_SECRET beside it, or sign-in with Google would fail',
      });
    }
    if (env.SUPABASE_JWT_SECRET !== undefined && env.SUPABASE_URL === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['SUPABASE_JWT_SECRET'],
        message: 'needs SUPABASE_URL: the issuer that its tokens must name',
      });
    }
    if (env.SUPABASE_PROVIDERS.length > 0 && env.SUPABASE_URL === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['SUPABASE_PROVIDERS'],
        message: 'needs SUPABASE_URL: the project whose providers they are',
      });
    }
    for (const problem of fleetProblems(env)) context.addIssue({ code: 'custom', ...problem });
  }).safeParse(raw);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The Worker's environment is not valid: ${fields.join('; ')}`);
}
