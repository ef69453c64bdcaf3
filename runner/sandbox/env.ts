import { z } from 'zod';

/** Where the sandbox keeps its world and on which loopback ports it listens; port 0 takes a free one. */
export const sandboxConfigSchema = z.object({
  dataDir: z.string().min(1),
  /** TLS port of the `stock` profile; every other profile takes a free port of its own. */
  tlsPort: z.number().int().min(0).max(65535).default(0),
  controlPort: z.number().int().min(0).max(65535).default(0),
  controlToken: z.string().min(16, 'use at least 16 random characters'),
  /** How long no connection may be open before the sandbox counts as unused. */
  idleMs: z.number().int().min(1).default(60_000),
  host: z.string().default('127.0.0.1'),
});

type SandboxConfig = z.infer<typeof sandboxConfigSchema>;
export type SandboxConfigInput = z.input<typeof sandboxConfigSchema>;

/**
 * Reads the configuration: one JSON document in WAYPOST_SERVICE, written by whoever starts the process.
 * @throws Error naming each bad field, when the document is missing or does not fit.
 */
export function readSandboxConfig(): SandboxConfig {
  const text = process.env.WAYPOST_SERVICE;
  if (text === undefined) {
    throw new Error('WAYPOST_SERVICE is not set; give the sandbox its configuration as JSON.');
  }
  const parsed = sandboxConfigSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`WAYPOST_SERVICE is not valid: ${fields.join('; ')}`);
  }
  return parsed.data;
}

/** The Chromium the tests drive. */
export const chromiumPath = (): string =>
  process.env.PUPPETEER_EXECUTABLE_PATH ?? '/usr/bin/chromium';

/** Chromium refuses its own sandbox to root. */
export const rootArgs = (): string[] => (process.getuid?.() === 0 ? ['--no-sandbox'] : []);
