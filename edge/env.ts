import { z } from 'zod';
import { SigningKeysText } from '../shared/signing/keys.ts';

const Binding = z.custom<Fetcher>(
  (value) => typeof value === 'object' && value !== null && 'fetch' in value,
  'a service binding is missing; see wrangler.toml',
);

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const secretHex = z
  .string()
  .regex(/^[0-9a-f]{64,}$/, 'needs 32 bytes or more as lower-case hex: openssl rand -hex 32');

/** Everything the Worker is told: variables, secrets and bindings. Secrets have no defaults. */
export const EdgeEnv = z.object({
  /** Where this Worker is reached from outside; QStash calls it back there. */
  BASE_URL: z.url(),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'a postgresql:// connection string'),
  /** Neon's HTTP endpoint, when it is not the one derived from DATABASE_URL's host. */
  DATABASE_HTTP_URL: z.url().optional(),
  UPSTASH_REDIS_REST_URL: z.url(),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(16),
  QSTASH_URL: z.url(),
  QSTASH_TOKEN: z.string().min(16),
  QSTASH_CURRENT_SIGNING_KEY: z.string().min(16),
  QSTASH_NEXT_SIGNING_KEY: z.string().min(16),
  S3_ENDPOINT: z.url(),
  S3_REGION: z.string().default('auto'),
  S3_BUCKET: z.string().min(3),
  S3_ACCESS_KEY_ID: z.string().min(8),
  S3_SECRET_ACCESS_KEY: z.string().min(16),
  EDGE_TO_RUNNER_KEYS: SigningKeysText,
  RUNNER_TO_EDGE_KEYS: SigningKeysText,
  /** Signs the JWT inside API keys. */
  API_KEY_SIGNING_KEY: secretHex,
  /** DNS over HTTPS resolver that a webhook's or file's host is checked with before it is called. */
  DOH_URL: z.url().optional(),
  /** `host:port` or CIDR entries that webhooks and media may reach although they are private; self-hosting only. */
  EGRESS_ALLOW: list.default([]),
  EGRESS: Binding,
  /** Reaches only what EGRESS_ALLOW names; absent in production. */
  EGRESS_PRIVATE: Binding.optional(),
  ASSETS: Binding.optional(),
});
export type EdgeEnv = z.infer<typeof EdgeEnv>;

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
  }).safeParse(raw);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The Worker's environment does not fit: ${fields.join('; ')}`);
}
