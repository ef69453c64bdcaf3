import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

const PREFERRED_API_PORT = 8787;

const SERVICES = [
  'api',
  'neon',
  'redis',
  'qstash',
  'objects',
  'mail',
  'inspector',
  'sandbox',
  'sandboxTls',
  'runner1',
  'runner2',
  'runner3',
  'runner4',
  'fly',
] as const;

/** Chosen at first start and kept: ports, so that stored callback URLs stay true; and every secret, random. */
const Settings = z.object({
  ports: z.record(z.enum(SERVICES), z.number().int()),
  secrets: z.object({
    databasePassword: z.string(),
    redisToken: z.string(),
    qstashToken: z.string(),
    qstashCurrentSigningKey: z.string(),
    qstashNextSigningKey: z.string(),
    objectsAccessKeyId: z.string(),
    objectsSecretAccessKey: z.string(),
    mailToken: z.string(),
    visitorSecret: z.string(),
    sandboxToken: z.string(),
    edgeToRunnerKey: z.string(),
    runnerToEdgeKey: z.string(),
    apiKeySigningKey: z.string(),
    authSecret: z.string(),
    userTokenSigningKey: z.string(),
    sessionEncryptionKey: z.string(),
    contactHashKey: z.string(),
    flyToken: z.string(),
    metricsToken: z.string(),
    runnerMetricsToken: z.string(),
  }),
  /** What the first start made through the API; filled step by step, so that a start that died half-way goes on. */
  account: z.object({
    workspaceId: z.string().optional(),
    apiKey: z.string().optional(),
    sessionId: z.string().optional(),
    webhookId: z.string().optional(),
    /** Where that webhook was pointed; the inspector's box may have moved since. */
    webhookUrl: z.string().optional(),
  }),
});
export type Settings = z.infer<typeof Settings>;

/** Reads a deployment's settings, or makes them at first start. The file is readable by its owner only. */
export async function loadSettings(
  directory: string,
  apiPort: number | undefined,
): Promise<Settings> {
  const text = await readFile(join(directory, 'settings.json'), 'utf8').catch(() => undefined);
  const fresh = await makeSettings(apiPort);
  const settings = text === undefined ? fresh : complete(Kept.parse(JSON.parse(text)), fresh);
  await saveSettings(directory, settings);
  return settings;
}

const Kept = z.object({
  ports: z.record(z.string(), z.number().int()),
  secrets: z.record(z.string(), z.string()),
  account: Settings.shape.account,
});

/** What an older version chose stays; what this one needs beside it is new. */
const complete = (kept: z.infer<typeof Kept>, fresh: Settings): Settings =>
  Settings.parse({
    ports: { ...fresh.ports, ...pick(kept.ports, Object.keys(fresh.ports)) },
    secrets: { ...fresh.secrets, ...pick(kept.secrets, Object.keys(fresh.secrets)) },
    account: kept.account,
  });

const pick = <Value>(from: Record<string, Value>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));

export async function saveSettings(directory: string, settings: Settings): Promise<void> {
  await writePrivateFile(join(directory, 'settings.json'), settings);
}

/** Writes JSON that is there whole or not at all, mode 0600. */
export const writePrivateFile = (path: string, value: unknown): Promise<void> =>
  writePrivateText(path, `${JSON.stringify(value, null, 2)}\n`);

/** The same for text. */
export async function writePrivateText(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}

async function makeSettings(apiPort: number | undefined): Promise<Settings> {
  const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
  return {
    ports: await choosePorts(apiPort ?? PREFERRED_API_PORT),
    secrets: {
      databasePassword: hex(24),
      redisToken: hex(24),
      qstashToken: hex(24),
      qstashCurrentSigningKey: `sig_${hex(24)}`,
      qstashNextSigningKey: `sig_${hex(24)}`,
      objectsAccessKeyId: hex(10),
      objectsSecretAccessKey: hex(24),
      mailToken: hex(24),
      visitorSecret: hex(24),
      sandboxToken: hex(24),
      edgeToRunnerKey: hex(32),
      runnerToEdgeKey: hex(32),
      apiKeySigningKey: hex(32),
      authSecret: hex(32),
      userTokenSigningKey: hex(32),
      sessionEncryptionKey: hex(32),
      contactHashKey: hex(32),
      flyToken: hex(24),
      metricsToken: hex(32),
      runnerMetricsToken: hex(32),
    },
    account: {},
  };
}

/** Below the range that systems take ports of outgoing connections from: a port chosen there could be gone at the next start. */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;

/** Free ports, held open until all are chosen, so that no two are the same. */
async function choosePorts(apiPort: number): Promise<Settings['ports']> {
  const held: Held[] = [];
  for (const name of SERVICES) {
    const wanted = name === 'api' ? await hold(apiPort) : undefined;
    held.push(wanted ?? (await holdAny()));
  }
  const ports = Object.fromEntries(SERVICES.map((name, index) => [name, held[index]?.port ?? 0]));
  await Promise.all(held.map(({ release }) => release()));
  return z.record(z.enum(SERVICES), z.number().int()).parse(ports);
}

type Held = { port: number; release: () => Promise<void> };

async function holdAny(): Promise<Held> {
  for (;;) {
    const held = await hold(randomInt(LOWEST_PORT, HIGHEST_PORT));
    if (held !== undefined) return held;
  }
}

/** Listens on a port so that nobody else gets it; undefined when somebody has it. */
async function hold(port: number): Promise<Held | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
  return { port, release: () => new Promise((resolve) => server.close(() => resolve())) };
}
