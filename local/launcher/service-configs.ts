import { join } from 'node:path';
import { bundled } from '../programs/bundled.ts';
import { BUCKET } from './edge-variables.ts';
import type { LauncherEnv } from './env.ts';
import type { Settings } from './settings.ts';

/** The services that share a process by default, in the order in which they are started. */
export const SMALL_SERVICES = [
  'neon',
  'redis',
  'qstash',
  'objects',
  'mail',
  'inspector',
  'sandbox',
] as const;
export type SmallService = (typeof SMALL_SERVICES)[number];

/** What each of them is told; its own `server.ts` says what the fields mean. */
export function serviceConfigs({
  env,
  settings: { ports, secrets },
  lean,
}: {
  env: LauncherEnv;
  settings: Settings;
  /** Environment of every process, for less memory. */
  lean: Record<string, string>;
}): Record<SmallService, Record<string, unknown>> {
  const common = (name: SmallService) => ({
    dataDir: join(env.directory, 'data', name),
    port: ports[name],
  });
  return {
    neon: {
      ...common('neon'),
      password: secrets.databasePassword,
      ...(env.DATABASE_URL === undefined ? {} : { databaseUrl: env.DATABASE_URL }),
    },
    redis: {
      ...common('redis'),
      token: secrets.redisToken,
      ...(env.REDIS_URL === undefined ? {} : { redisUrl: env.REDIS_URL }),
    },
    qstash: {
      ...common('qstash'),
      token: secrets.qstashToken,
      currentSigningKey: secrets.qstashCurrentSigningKey,
      nextSigningKey: secrets.qstashNextSigningKey,
    },
    objects: {
      ...common('objects'),
      accessKeyId: secrets.objectsAccessKeyId,
      secretAccessKey: secrets.objectsSecretAccessKey,
      buckets: [BUCKET],
    },
    mail: {
      ...common('mail'),
      token: secrets.mailToken,
      secret: secrets.visitorSecret,
      withoutText: env.MAIL_OUTBOX === 'subjects',
    },
    inspector: { ...common('inspector'), secret: secrets.visitorSecret },
    sandbox: {
      ...common('sandbox'),
      tlsPort: ports.sandboxTls,
      controlToken: secrets.sandboxToken,
      program: bundled('sandbox'),
      environment: lean,
      logFile: join(env.directory, 'logs', 'simulated-whatsapp.log'),
    },
  };
}
