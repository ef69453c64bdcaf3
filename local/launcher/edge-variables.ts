import type { LauncherEnv } from './env.ts';
import type { Settings } from './settings.ts';

export const BUCKET = 'waypost';

export const local = (port: number): string => `http://127.0.0.1:${port}`;

/** What the Worker is told of the services of this deployment, as `wrangler secret` would hold it. */
export function edgeVariables({
  env,
  settings: { ports, secrets },
  databaseUrl,
}: {
  env: LauncherEnv;
  settings: Settings;
  databaseUrl: string;
}): Record<string, string> {
  return {
    BASE_URL: env.BASE_URL ?? local(ports.api),
    CALLBACK_URL: local(ports.api),
    DATABASE_URL: databaseUrl,
    DATABASE_HTTP_URL: `${local(ports.neon)}/sql`,
    UPSTASH_REDIS_REST_URL: local(ports.redis),
    UPSTASH_REDIS_REST_TOKEN: secrets.redisToken,
    QSTASH_URL: local(ports.qstash),
    QSTASH_TOKEN: secrets.qstashToken,
    QSTASH_CURRENT_SIGNING_KEY: secrets.qstashCurrentSigningKey,
    QSTASH_NEXT_SIGNING_KEY: secrets.qstashNextSigningKey,
    S3_ENDPOINT: local(ports.objects),
    S3_PUBLIC_ENDPOINT: env.S3_PUBLIC_ENDPOINT,
    S3_REGION: 'us-east-1',
    S3_BUCKET: BUCKET,
    S3_ACCESS_KEY_ID: secrets.objectsAccessKeyId,
    S3_SECRET_ACCESS_KEY: secrets.objectsSecretAccessKey,
    EDGE_TO_RUNNER_KEYS: `k1:${secrets.edgeToRunnerKey}`,
    RUNNER_TO_EDGE_KEYS: `k1:${secrets.runnerToEdgeKey}`,
    API_KEY_SIGNING_KEY: secrets.apiKeySigningKey,
    AUTH_SECRET: secrets.authSecret,
    USER_TOKEN_SIGNING_KEY: secrets.userTokenSigningKey,
    SESSION_ENCRYPTION_KEY: `v1:${secrets.sessionEncryptionKey}`,
    METRICS_TOKEN: secrets.metricsToken,
    CONTACT_HASH_KEY: secrets.contactHashKey,
    MAIL_URL: env.MAIL_URL ?? local(ports.mail),
    MAIL_TOKEN: env.MAIL_TOKEN ?? secrets.mailToken,
    MAIL_FROM: env.MAIL_FROM,
    SIGN_UP: env.SIGN_UP,
    ADMIN_EMAILS: env.ADMIN_EMAILS,
    ADMIN_ALLOWED_IPS: env.ADMIN_ALLOWED_IPS,
    ADMIN_USERNAME: env.ADMIN_USERNAME,
    ADMIN_PASSWORD: env.ADMIN_PASSWORD,
    GOOGLE_CLIENT_ID: env.GOOGLE_CLIENT_ID,
    GOOGLE_CLIENT_SECRET: env.GOOGLE_CLIENT_SECRET,
    GOOGLE_ISSUER: env.GOOGLE_ISSUER,
    SUPABASE_URL: env.SUPABASE_URL,
    SUPABASE_JWT_SECRET: env.SUPABASE_JWT_SECRET,
    SUPABASE_EMAILS: env.SUPABASE_EMAILS,
    SUPABASE_PROVIDERS: env.SUPABASE_PROVIDERS,
    CORS_ORIGINS: env.CORS_ORIGINS,
    FRONTEND_URL: env.FRONTEND_URL,
    CLIENT_IP_HEADER: env.CLIENT_IP_HEADER,
    MESSAGE_STALLED_AFTER_MINUTES: env.MESSAGE_STALLED_AFTER_MINUTES,
    LOG_RETENTION_DAYS: env.LOG_RETENTION_DAYS,
    EVENT_RETENTION_DAYS: env.EVENT_RETENTION_DAYS,
    OTEL_EXPORTER_OTLP_ENDPOINT: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    OTEL_EXPORTER_OTLP_HEADERS: env.OTEL_EXPORTER_OTLP_HEADERS,
    OTEL_TRACES_SAMPLER_ARG: env.OTEL_TRACES_SAMPLER_ARG,
  };
}
