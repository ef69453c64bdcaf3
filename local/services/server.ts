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
import { type Log, logLine } from '../log.ts';

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
  const { log, lineLog } = logsIn(config.logDir);
  const neon = await startNeon(config.neon, log('neon'));
  const others = await Promise.allSettled<RunningService>([
    startRedis(config.redis, { log: log('redis') }),
    startQstash(config.qstash, { log: lineLog('qstash') }),
    startObjects(config.objects, { log: lineLog('objects') }),
    startMail(config.mail, { log: lineLog('mail') }),
    startInspector(config.inspector, { log: lineLog('inspector') }),
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

function logsIn(folder: string) {
  const write = (service: string) => {
    const file = new BoundedLog(join(folder, `${service}.log`));
    return (line: Record<string, unknown>): void => file.write(JSON.stringify(line));
  };
  return {
    lineLog: write,
    log: (service: string): Log => {
      const keep = write(service);
      return (level, event, fields) => keep(logLine(service, level, event, fields));
    },
  };
}
