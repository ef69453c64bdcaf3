import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { lastLines, type RunCommand } from './command.ts';
import { pendingMigrations } from './pending.ts';
import type { DeploySettings } from './settings.ts';

const root = join(import.meta.dirname, '../..');
const RUNNER_SECRETS = ['EDGE_TO_RUNNER_KEYS', 'RUNNER_TO_EDGE_KEYS'];

/** What the checks learn for the plan. */
export type Found = { pending: string[] };

export type Check = {
  name: string;
  applies: (settings: DeploySettings) => boolean;
  /** @returns what to show; throws when something is wrong */
  look: (settings: DeploySettings, run: RunCommand, found: Found) => Promise<string>;
  todo: string;
};

const always = (): boolean => true;
const onFly = ({ fly }: DeploySettings): boolean => fly !== null;

async function succeed(run: RunCommand, command: string, ...args: string[]): Promise<string> {
  const { code, output } = await run(command, args);
  if (code === 127) throw new Error(`there is no command ${command}`);
  if (code !== 0) throw new Error(lastLines(output));
  return output.trim();
}

const FlyToml = z.object({
  app: z.string(),
  build: z.object({ dockerfile: z.string() }),
});
const FlySecrets = z.array(
  z.looseObject({ Name: z.string().optional(), name: z.string().optional() }),
);

/** Everything that can be known before something is touched, in the order of what a person repairs first. */
export const CHECKS: readonly Check[] = [
  {
    name: 'wrangler',
    applies: always,
    look: (_settings, run) => succeed(run, 'wrangler', '--version'),
    todo: 'Run npm ci.',
  },
  {
    name: 'Cloudflare login',
    applies: always,
    look: async (_settings, run) => {
      await succeed(run, 'wrangler', 'whoami');
      return 'signed in';
    },
    todo: 'Run npx wrangler login, or set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.',
  },
  {
    name: 'fly.toml',
    applies: onFly,
    look: async ({ fly }) => {
      const { app, build } = FlyToml.parse(parse(readFileSync(join(root, 'fly.toml'), 'utf8')));
      if (app !== fly?.app) throw new Error(`its app is ${app}, and FLY_APP is ${fly?.app}`);
      if (!existsSync(join(root, build.dockerfile))) throw new Error(`no ${build.dockerfile}`);
      return app;
    },
    todo: 'Write the same app into fly.toml and FLY_APP.',
  },
  {
    name: 'Fly login',
    applies: onFly,
    look: (_settings, run) => succeed(run, 'fly', 'auth', 'whoami'),
    todo: 'Install flyctl (https://fly.io/docs/flyctl/install), then run fly auth login.',
  },
  {
    name: 'secrets of the runners',
    applies: onFly,
    look: async ({ fly }, run) => {
      const listed = await succeed(run, 'fly', 'secrets', 'list', '--json', '-a', fly?.app ?? '');
      const names = FlySecrets.parse(JSON.parse(listed)).map(({ Name, name }) => Name ?? name);
      const missing = RUNNER_SECRETS.filter((name) => !names.includes(name));
      if (missing.length > 0) throw new Error(`${missing.join(' and ')} are not set`);
      return RUNNER_SECRETS.join(', ');
    },
    todo: 'Set them to the same values as the Worker’s: fly secrets set --stage NAME=… (docs/fleet.md).',
  },
  {
    name: 'database',
    applies: always,
    look: async ({ migrationUrl }, _run, found) => {
      found.pending = await pendingMigrations(migrationUrl);
      return `${found.pending.length} migrations to apply`;
    },
    todo: 'Look at DATABASE_URL (or DATABASE_DIRECT_URL), and whether this machine may connect to it.',
  },
  {
    name: 'bundle',
    applies: always,
    look: async (_settings, run) => {
      const output = await succeed(run, 'wrangler', 'deploy', '--dry-run');
      return /Total Upload: .*/.exec(output)?.[0] ?? 'builds';
    },
    todo: 'The Worker does not build. Run npm run verify.',
  },
];
