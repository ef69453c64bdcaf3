import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Settings = z.object({
  ports: z.object({
    api: z.number(),
    neon: z.number(),
    sandbox: z.number(),
    redis: z.number(),
    qstash: z.number(),
    fly: z.number(),
  }),
  secrets: z.object({
    databasePassword: z.string(),
    sandboxToken: z.string(),
    qstashToken: z.string(),
    flyToken: z.string(),
    edgeToRunnerKey: z.string(),
    runnerToEdgeKey: z.string(),
    metricsToken: z.string(),
    runnerMetricsToken: z.string(),
  }),
});

/** What tests need of a deployment's own settings file: the doors that no customer has. */
export async function settingsOf(directory: string): Promise<z.infer<typeof Settings>> {
  return Settings.parse(JSON.parse(await readFile(join(directory, 'settings.json'), 'utf8')));
}
