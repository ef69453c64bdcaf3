import { resolve } from 'node:path';
import { z } from 'zod';
import { EgressAllowText } from '../../shared/egress/allow-list.ts';

const optional = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

export const LauncherEnv = z.object({
  /** Folder of everything that this deployment keeps. */
  WAYPOST_DIR: z.string().default('.waypost'),
  /** Port of API and dashboard; 8787 or a free one. The first start chooses it, and later ones keep it. */
  PORT: optional(z.coerce.number().int().min(1).max(65_535)),
  /** Public address, when a proxy stands in front; mailed links begin with it. It may have a path, as `https://example.com/whatsapp`. */
  BASE_URL: optional(z.url({ protocol: /^https?$/ })),
  /** Your own PostgreSQL, instead of the embedded one. */
  DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/ })),
  /** Your own Redis, instead of the embedded store. */
  REDIS_URL: optional(z.url({ protocol: /^rediss?$/ })),
  /** A mail provider that takes `POST {MAIL_URL}/emails` as Resend's API does, instead of the outbox on this machine. */
  MAIL_URL: optional(z.url({ protocol: /^https?$/ })),
  /** Sent to the mail provider as a bearer token. Goes with MAIL_URL. */
  MAIL_TOKEN: optional(z.string().min(8)),
  /** `subjects`: the outbox keeps no texts, since links of sign-in, reset and invitation are in them. */
  MAIL_OUTBOX: z.enum(['full', 'subjects']).default('full'),
  /** Sender of mails. */
  MAIL_FROM: z.string().min(3).default('Waypost <waypost@localhost>'),
  /** Private hosts that webhooks, media and proxies of sessions may reach, as `host:port` or CIDR, comma-separated. */
  EGRESS_ALLOW: EgressAllowText.default([]),
  /** Origins whose pages may call the API from a browser, comma-separated; without it only pages of BASE_URL may. */
  CORS_ORIGINS: z.string().default(''),
  /** Where a dashboard of your own is served; its origin is allowed as those in CORS_ORIGINS are. */
  FRONTEND_URL: z.string().default(''),
  /** Header that your proxy overwrites with the client's address; without it clients without a credential are counted together. */
  CLIENT_IP_HEADER: z.string().default(''),
  /** Where callers reach the storage for large uploads: a proxy in front of port `objects` of `.waypost/settings.json` that keeps the `Host` header; without it this machine only. */
  S3_PUBLIC_ENDPOINT: z.string().default(''),
  /** Who may sign up: `open`, `invited` or `closed`. Without it `open` on this machine, and `invited` with another BASE_URL. */
  SIGN_UP: z.string().default(''),
  /** People who administer the platform once their address is verified, comma-separated. */
  ADMIN_EMAILS: z.string().default(''),
  /** Addresses and CIDR ranges that administrators may use, comma-separated; none = any. */
  ADMIN_ALLOWED_IPS: z.string().default(''),
  /** Name for HTTP Basic at `/admin` and `/api/admin`. */
  ADMIN_USERNAME: z.string().default('admin'),
  /** Password for HTTP Basic at `/admin` and `/api/admin`, from 8 characters; without it that is off. */
  ADMIN_PASSWORD: z.string().default(''),
  /** Client of sign-in with Google. Goes with GOOGLE_CLIENT_SECRET. */
  GOOGLE_CLIENT_ID: z.string().default(''),
  /** Goes with GOOGLE_CLIENT_ID. */
  GOOGLE_CLIENT_SECRET: z.string().default(''),
  /** Who signs Google's tokens. */
  GOOGLE_ISSUER: z.string().default('https://accounts.google.com'),
  /** Project whose access tokens are accepted: `https://<ref>.supabase.co`. */
  SUPABASE_URL: z.string().default(''),
  /** The project's legacy HS256 secret; without it only tokens signed by the project's published keys are good. */
  SUPABASE_JWT_SECRET: z.string().default(''),
  /** `confirmed`: the project has its users confirm their addresses; otherwise a person's first token only has them mailed a link. */
  SUPABASE_EMAILS: z.string().default('unproved'),
  /** Providers of the project that the dashboard offers to sign in with, comma-separated, as `github,azure`. */
  SUPABASE_PROVIDERS: z.string().default(''),
  /** `separate`: a process each for database door, Redis, QStash, objects, mail and inspector, instead of one for all. It takes about 200 MiB more. */
  WAYPOST_SERVICES: z.enum(['together', 'separate']).default('together'),
  /**
   * Runners that are started beside the other parts; two stand in for each other. 0: one that others start on this machine, with
   * the variables in `runner.env`.
   */
  WAYPOST_RUNNERS: z.coerce.number().int().min(0).max(4).default(1),
  /** `fly`: a Machines API is started instead, and runners come and go as sessions need them. */
  WAYPOST_FLEET: z.enum(['static', 'fly']).default('static'),
  /** With `fly`: machines that run even when no session needs them. */
  FLEET_MIN_MACHINES: z.string().default('0'),
  /** With `fly`: machines that there are at most. */
  FLEET_MAX_MACHINES: z.string().default('10'),
  /** With `fly`: regions in which machines are created, comma-separated; the first serves sessions that have none. */
  FLEET_REGIONS: z.string().default('fra'),
  /** With `fly`: a machine without sessions is stopped after this. */
  FLEET_IDLE_MINUTES: z.string().default('10'),
  /** A message that WhatsApp has accepted but not delivered after this time is reported as stalled. */
  MESSAGE_STALLED_AFTER_MINUTES: z.string().default('30'),
  /** How long the logs of sessions are kept, 8 to 3650. */
  LOG_RETENTION_DAYS: z.string().default('90'),
  /** How long events and deliveries are kept, 4 to 3650. */
  EVENT_RETENTION_DAYS: z.string().default('30'),
  /** Tracing: the OpenTelemetry collector, without `/v1/traces`; without it nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().default(''),
  /** Headers for the collector: `name=value,name=value`. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().default(''),
  /** Share of calls traced that come without a `traceparent`, 0 to 1; without it all. */
  OTEL_TRACES_SAMPLER_ARG: z.string().default(''),
  /** Sessions that a runner takes at most. */
  RUNNER_MAX_SESSIONS: z.coerce.number().int().min(1).max(1_000).default(10),
  /** Browsers that one runner may be starting at once. */
  RUNNER_START_CAP: z.string().default('3'),
  /** Sends of one session without pacing that may wait for WhatsApp's ack at once, 1 to 8. */
  RUNNER_UNACKED_SENDS: z.string().default('1'),
  /** Online for this long before a session's credentials are copied first. */
  RUNNER_SNAPSHOT_AFTER_SECONDS: z.string().default('60'),
  /** How long a session waits for the runner whose disk has its newest keys, before it continues elsewhere from an older copy. */
  RUNNER_DISK_WAIT_SECONDS: z.string().default('15'),
  /** Share of each runner's places, rounded down, that is kept from sessions of Basic workspaces without a linked phone. */
  RESERVED_PLACES_PERCENT: z.string().default('20'),
  /** A session that shows codes for this long, and nobody scans one, is stopped. */
  QR_TIMEOUT_MINUTES: z.string().default('15'),
  /** Path of Chromium; without it the one that is found or installed. */
  PUPPETEER_EXECUTABLE_PATH: optional(z.string()),
  /** Path of ffmpeg, which makes voice messages and stickers; without it the one that is found or installed. */
  FFMPEG_PATH: optional(z.string()),
});

export type LauncherEnv = Omit<z.infer<typeof LauncherEnv>, 'WAYPOST_DIR'> & { directory: string };

/** @throws Error naming each variable that is wrong and what it must be */
export function readLauncherEnv(): LauncherEnv {
  const parsed = LauncherEnv.refine(
    (env) => (env.MAIL_URL === undefined) === (env.MAIL_TOKEN === undefined),
    { path: ['MAIL_TOKEN'], error: 'goes with MAIL_URL: set both or neither' },
  ).safeParse(process.env);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The configuration is not valid:\n${lines.join('\n')}`);
  }
  const { WAYPOST_DIR, ...rest } = parsed.data;
  return { ...rest, directory: resolve(WAYPOST_DIR) };
}
