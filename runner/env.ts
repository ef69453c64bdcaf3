import { z } from 'zod';
import { EgressAllowText } from '../shared/egress/allow-list.ts';
import { SigningKeysText } from '../shared/signing/keys.ts';
import { TRACING_VARIABLES } from '../shared/tracing/settings.ts';
import { LOG_LEVELS } from './log.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** An empty variable is one that is not set: that is how shells and compose files leave things out. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

export const Env = z
  .object({
    /** Name of this runner, unique in its fleet. On Fly, the machine's id. */
    RUNNER_ID: z.string().regex(/^[\w.-]{1,64}$/, 'letters, digits, dot, dash and underscore only'),
    /** Where it is, for sessions that want a region. On Fly, the machine's. */
    RUNNER_REGION: z.string().min(1).default('local'),
    /** Engines that may be starting at once. */
    RUNNER_START_CAP: z.coerce.number().int().min(1).max(100).default(3),
    /** Sends of one session without pacing that may wait for WhatsApp's ack at once. */
    RUNNER_UNACKED_SENDS: z.coerce.number().int().min(1).max(8).default(1),
    /** From SIGTERM to the end; keep it below the platform's own limit. */
    RUNNER_DRAIN_SECONDS: z.coerce.number().int().min(1).max(290).default(20),
    /** Online for this long before a session's credentials are copied first, and between two copies when it grows. */
    RUNNER_SNAPSHOT_AFTER_SECONDS: z.coerce.number().min(0.1).max(600).default(60),
    /** About how often a session that changes is copied while it runs. */
    RUNNER_SNAPSHOT_EVERY_SECONDS: z.coerce.number().min(0.1).max(86_400).default(600),
    /** Sessions that it takes at most. */
    RUNNER_MAX_SESSIONS: z.coerce.number().int().min(1).max(1_000).default(10),
    /** A session that shows codes for this long, and nobody links a phone, is stopped. */
    QR_TIMEOUT_MINUTES: z.coerce.number().min(0.05).max(10_080).default(15),
    /** Address that it listens on. */
    HOST: z.string().min(1).default('127.0.0.1'),
    /** A session's browser that takes more is replaced in a quiet moment; not set: never. */
    RUNNER_SESSION_MEMORY_LIMIT_MB: optional(z.coerce.number().int().min(100)),
    /** Port that it listens on; 0 takes any free one. */
    PORT: z.coerce.number().int().min(0).max(65_535).default(0),
    /** What the edge calls; by default the address that was bound. */
    PUBLIC_URL: optional(z.url()),
    /** Where the Worker is reached. */
    EDGE_URL: z.url(),
    /** Checks commands of the edge. The Worker has the same. */
    EDGE_TO_RUNNER_KEYS: SigningKeysText,
    /** Signs what it reports to the edge: `id:secret,id:secret`; the first signs, all are accepted. */
    RUNNER_TO_EDGE_KEYS: SigningKeysText,
    /** Profiles, journals and the spool: must survive a restart of the process. */
    WWEBJS_DATA_DIR: z.string().min(1),
    /** Path of Chromium; by default the one that puppeteer has downloaded. */
    PUPPETEER_EXECUTABLE_PATH: optional(z.string()),
    /** Makes voice messages and stickers; by default the one that PATH finds. */
    FFMPEG_PATH: z.string().min(1).default('ffmpeg'),
    /** Private places that a session's proxy may be at. The edge refuses others first, by a list of its own. */
    EGRESS_ALLOW: EgressAllowText.default([]),
    /** Where the sandbox listens; without it there are no sandbox sessions on this runner. */
    SANDBOX_URL: optional(z.url()),
    /** Opens the sandbox's controls. Goes with SANDBOX_URL. */
    SANDBOX_TOKEN: optional(z.string().min(16)),
    /** Your monitoring sends it as a bearer token to `/metrics`. Without it, `/metrics` does not exist. */
    METRICS_TOKEN: optional(z.string().min(16)),
    ...TRACING_VARIABLES,
    /** The least important log lines that are written. */
    LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  })
  .superRefine((env, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const outbound = new Set(env.RUNNER_TO_EDGE_KEYS.map(({ secret }) => secret));
    if (env.EDGE_TO_RUNNER_KEYS.some(({ secret }) => outbound.has(secret)))
      issue(
        'RUNNER_TO_EDGE_KEYS',
        'shares a secret with EDGE_TO_RUNNER_KEYS: a runner could then forge commands; use a key per direction',
      );
    if (env.SANDBOX_URL !== undefined && env.SANDBOX_TOKEN === undefined)
      issue('SANDBOX_TOKEN', 'is needed with SANDBOX_URL: sandbox sessions could not be steered');
    if (env.SANDBOX_TOKEN !== undefined && env.SANDBOX_URL === undefined)
      issue('SANDBOX_URL', 'is needed with SANDBOX_TOKEN: it says where the sandbox listens');
    if (env.PUBLIC_URL === undefined && !LOOPBACK.has(env.HOST))
      issue(
        'PUBLIC_URL',
        `is needed when HOST is ${env.HOST}: the edge could not know where to call this runner`,
      );
  });

export type RunnerEnv = z.infer<typeof Env>;

/** On Fly, the machine gives a runner its name and region: fly.io/docs/machines/runtime-environment. */
const onFly = (source: Record<string, string | undefined>): Record<string, string | undefined> => ({
  ...source,
  RUNNER_ID: source['RUNNER_ID'] ?? source['FLY_MACHINE_ID'],
  RUNNER_REGION: source['RUNNER_REGION'] ?? source['FLY_REGION'],
});

/**
 * Parses the runner's configuration once.
 * @throws Error naming every variable that is wrong and what to do; values are never in it
 */
export function parseEnv(source: Record<string, string | undefined> = process.env): RunnerEnv {
  const parsed = Env.safeParse(onFly(source));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(
    (issue) => `  ${issue.path.join('.') || 'environment'}: ${issue.message}`,
  );
  throw new Error(`The runner's configuration is not usable:\n${lines.join('\n')}`);
}
