import { join } from 'node:path';
import { z } from 'zod';
import { BoundedLog } from '../bounded-log.ts';
import { inspectorConfigSchema, startInspector } from '../inspector/server.ts';
import { mailConfigSchema, startMail } from '../mail/server.ts';
import { neonConfigSchema } from '../neon/config.ts';
import { startNeon } from '../neon/server.ts';
import { objectsConfigSchema, startObjects } from '../objects/server.ts';
import { qstashConfigSchema, startQstash } from '../qstash/server.ts';
import { redisConfigSchema } from '../redis/config.ts';
import { startRedis } from '../redis/server.ts';
import { sandboxConfigSchema, startSandbox } from '../sandbox/server.ts';
import type { RunningService } from '../service-process.ts';
import { type Log, lineLog } from '../log.ts';

export const servicesConfigSchema = z.object({
  /** Folder in which each service has a log of its own, named after it. */
  logDir: z.string().min(1),
  neon: neonConfigSchema,
  redis: redisConfigSchema,
  qstash: qstashConfigSchema,
  objects: objectsConfigSchema,
  mail: mailConfigSchema,
  inspector: inspectorConfigSchema,
  sandbox: sandboxConfigSchema,
});
type ServicesConfig = z.infer<typeof servicesConfigSchema>;

/**
 * The small services in one process, for less memory than a process each takes. Whatever kills it kills all of them, and each
 * is built to survive that. The answer is the database's.
 * @throws Error when one cannot start; the others are closed then
 */
export async function startServices(
  config: ServicesConfig,
): Promise<RunningService & { connectionString: string }> {
  const logOf = (service: string): Log => {
    const file = new BoundedLog(join(config.logDir, `${service}.log`));
    return lineLog(service, (line) => file.write(line));
  };
  const neon = await startNeon(config.neon, logOf('neon'));
  const others = await Promise.allSettled<RunningService>([
    startRedis(config.redis, { log: logOf('redis') }),
    startQstash(config.qstash, { log: logOf('qstash') }),
    startObjects(config.objects, { log: logOf('objects') }),
    startMail(config.mail, { log: logOf('mail') }),
    startInspector(config.inspector, { log: logOf('inspector') }),
    startSandbox(config.sandbox),
  ]);
  const close = async (): Promise<void> => {
    await Promise.all(
      others.flatMap((one) => (one.status === 'fulfilled' ? [one.value.close()] : [])),
    );
    await neon.close();
  };
  const failed = others.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  return { url: neon.url, connectionString: neon.connectionString, close };
}
