import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parseEdgeEnv } from '../../edge/env.ts';

/** Only the migration uses it: Neon's pooled address takes no lock for a whole session. */
const DIRECT = 'DATABASE_DIRECT_URL';

export type DeploySettings = {
  /** What the Worker is told. Every one goes up as a secret: nothing of it is readable afterwards. */
  worker: Record<string, string>;
  migrationUrl: string;
  fly: { app: string } | null;
};

/** Stand-ins for what Cloudflare binds by itself, so that the rest can be judged here. */
const there = { fetch: () => undefined, sendBatch: () => undefined, getByName: () => undefined };
const BINDINGS = { EGRESS: there, AUDIT_QUEUE: there, HUB: there };

/**
 * Reads the file of a deployment's settings and judges it as the Worker will.
 * @throws Error that names each variable that is wrong, and never shows a value
 */
export function readSettings(file: string): DeploySettings {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(
      `${file} cannot be read. Copy .dev.vars.example there and fill it in (docs/deployment/cloud.md).`,
      { cause: error },
    );
  }
  const { [DIRECT]: direct = '', ...given } = parseEnv(text);
  const worker = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, value]],
    ),
  );
  // Made by this deployment, when it is the first.
  const image = worker['FLY_RUNNER_IMAGE'] ?? 'not-yet-built';
  const env = parseEdgeEnv({ ...worker, FLY_RUNNER_IMAGE: image, ...BINDINGS });
  const migrationUrl = direct === '' ? env.DATABASE_URL : direct;
  if (new URL(migrationUrl).hostname.includes('-pooler.'))
    throw new Error(
      `${DIRECT} is needed: DATABASE_URL is Neon’s pooled address, over which migrations cannot take their lock. Neon shows the direct one beside it.`,
    );
  return {
    worker,
    migrationUrl,
    fly: env.FLEET === 'fly' && env.FLY_APP !== undefined ? { app: env.FLY_APP } : null,
  };
}
