import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase } from '../../migrations/migrate.ts';
import { CHECKS, type Found } from './checks.ts';
import { lastLines, type RunCommand } from './command.ts';
import { readSettings } from './settings.ts';

export type DeployOptions = {
  settingsFile: string;
  dryRun: boolean;
  run: RunCommand;
  say: (line: string) => void;
};

/**
 * Checks everything, then deploys in the order in which old and new parts work together: the database, which only gets more;
 * then runners; then the edge. Ends at the first thing that fails.
 * @throws Error that says what failed and what to do
 */
export async function deploy(options: DeployOptions): Promise<void> {
  const { say, run } = options;
  const settings = readSettings(options.settingsFile);
  say('ok    settings');
  const found: Found = { pending: [] };
  for (const check of CHECKS) {
    if (!check.applies(settings)) continue;
    try {
      say(`ok    ${check.name}: ${await check.look(settings, run, found)}`);
    } catch (error) {
      throw new Error(`${check.name}: ${reasonOf(error)}\n${check.todo}`, { cause: error });
    }
  }

  const { fly, worker, migrationUrl } = settings;
  say(
    `\nplan  1 migrate: ${found.pending.length === 0 ? 'nothing to do' : found.pending.join(', ')}`,
  );
  say(
    `plan  2 runners: ${fly === null ? 'yours to update (FLEET=static): docs/deployment/cloud.md' : `build Dockerfile.runner for ${fly.app}; the edge then replaces the machines one by one`}`,
  );
  say(`plan  3 edge: wrangler deploy with ${Object.keys(worker).length} secrets`);
  if (options.dryRun) return say('\nNothing was changed (--dry-run).');

  if (found.pending.length > 0) await migrateDatabase(migrationUrl);
  say('\ndone  1 migrate');
  const image = fly === null ? undefined : await buildImage(fly.app, run);
  say(`done  2 runners: ${image ?? 'not ours'}`);
  await uploadEdge({ ...worker, ...(image === undefined ? {} : { FLY_RUNNER_IMAGE: image }) }, run);
  say('done  3 edge');
}

/** @returns the image that was pushed, by its digest where Fly shows one */
async function buildImage(app: string, run: RunCommand): Promise<string> {
  const { code, output } = await run('fly', ['deploy', '--build-only', '--push', '-a', app]);
  const image = /^image: (\S+)$/m.exec(output)?.[1];
  if (code !== 0 || image === undefined)
    throw new Error(
      `runners: the image was not built. The database is migrated, and all else runs as before: repair this and deploy again.\n${lastLines(output)}`,
    );
  return image;
}

/** Code and secrets go up as one version, so that neither runs with those of the other. */
async function uploadEdge(secrets: Record<string, string>, run: RunCommand): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'waypost-deploy-'));
  try {
    const file = join(folder, 'secrets.json');
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    const { code, output } = await run('wrangler', ['deploy', '--secrets-file', file]);
    if (code !== 0)
      throw new Error(
        `edge: it was not uploaded, and the one before still runs. Repair this and deploy again.\n${lastLines(output)}`,
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
