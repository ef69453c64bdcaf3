import { resolve } from 'node:path';
import { z } from 'zod';
import { EgressAllowText } from '../../shared/egress/allow-list.ts';

const optional = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

export const LauncherEnv = z.object({
  /** Folder of all that this deployment keeps. */
  WAYPOST_DIR: z.string().default('.waypost'),
  /** Port of the API and dashboard; taken at first start, kept from then on. */
  PORT: optional(z.coerce.number().int().min(1).max(65_535)),
  /** Where people and programs reach this deployment, when a proxy stands in front of it. */
  BASE_URL: optional(z.url({ protocol: /^https?$/ })),
  /** Your own PostgreSQL instead of the embedded one. */
  DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/ })),
  /** Your own Redis instead of the embedded store. */
  REDIS_URL: optional(z.url({ protocol: /^rediss?$/ })),
  /** A mail provider that takes `POST {MAIL_URL}/emails` as Resend's API does, instead of the outbox on this machine. */
  MAIL_URL: optional(z.url({ protocol: /^https?$/ })),
  MAIL_TOKEN: optional(z.string().min(8)),
  /** `subjects`: the outbox keeps no texts, since links of sign-in, reset and invitation are in them. */
  MAIL_OUTBOX: z.enum(['full', 'subjects']).default('full'),
  MAIL_FROM: z.string().min(3).default('Waypost <waypost@localhost>'),
  /** Private hosts that webhooks, media and proxies of sessions may reach, as `host:port` or CIDR, comma-separated. */
  EGRESS_ALLOW: EgressAllowText.default([]),
  /** Origins of browsers that may call the API, comma-separated; none by default. */
  CORS_ORIGINS: z.string().default(''),
  FRONTEND_URL: z.string().default(''),
  /** Header that your TLS proxy sets to the client's address; without it strangers are counted together. */
  CLIENT_IP_HEADER: z.string().default(''),
  S3_PUBLIC_ENDPOINT: z.string().default(''),
  /** Who may sign up; by default everybody on this machine, and whoever is invited with another BASE_URL. */
  SIGN_UP: z.string().default(''),
  /** People who administer the platform once their address is verified, comma-separated. */
  ADMIN_EMAILS: z.string().default(''),
  ADMIN_ALLOWED_IPS: z.string().default(''),
  /** HTTP Basic at `/admin` and `/api/admin`, as clients of the queue send it; none by default. */
  ADMIN_USERNAME: z.string().default('admin'),
  ADMIN_PASSWORD: z.string().default(''),
  /** Sign-in with Google, and Supabase tokens: docs/self-hosting.md. */
  GOOGLE_CLIENT_ID: z.string().default(''),
  GOOGLE_CLIENT_SECRET: z.string().default(''),
  GOOGLE_ISSUER: z.string().default('https://accounts.google.com'),
  SUPABASE_URL: z.string().default(''),
  SUPABASE_JWT_SECRET: z.string().default(''),
  SUPABASE_EMAILS: z.string().default('unproved'),
  /** `separate`: a process each for database door, Redis, QStash, objects, mail and inspector, instead of one for all. */
  WAYPOST_SERVICES: z.enum(['together', 'separate']).default('together'),
  /** Runners that are started beside the other parts; two stand in for each other. */
  WAYPOST_RUNNERS: z.coerce.number().int().min(1).max(4).default(1),
  /** `fly`: a Machines API is started instead, and runners come and go as sessions need them. */
  WAYPOST_FLEET: z.enum(['static', 'fly']).default('static'),
  FLEET_MIN_MACHINES: z.string().default('0'),
  FLEET_MAX_MACHINES: z.string().default('10'),
  FLEET_REGIONS: z.string().default('fra'),
  FLEET_IDLE_MINUTES: z.string().default('10'),
  MESSAGE_STALLED_AFTER_MINUTES: z.string().default('30'),
  LOG_RETENTION_DAYS: z.string().default('90'),
  EVENT_RETENTION_DAYS: z.string().default('30'),
  /** Where spans go; without it nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().default(''),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().default(''),
  OTEL_TRACES_SAMPLER_ARG: z.string().default(''),
  RUNNER_MAX_SESSIONS: z.coerce.number().int().min(1).max(1_000).default(10),
  /** Browsers that one runner may be starting at once. */
  RUNNER_START_CAP: z.string().default('3'),
  /** Sends of one session without pacing that may wait for WhatsApp's ack at once. */
  RUNNER_UNACKED_SENDS: z.string().default('1'),
  /** Online for this long before a session's credentials are copied first. */
  RUNNER_SNAPSHOT_AFTER_SECONDS: z.string().default('60'),
  RUNNER_DISK_WAIT_SECONDS: z.string().default('15'),
  RESERVED_PLACES_PERCENT: z.string().default('20'),
  /** A session whose codes nobody scans is stopped after this time. */
  QR_TIMEOUT_MINUTES: z.string().default('15'),
  PUPPETEER_EXECUTABLE_PATH: optional(z.string()),
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
