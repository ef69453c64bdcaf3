import { join } from 'node:path';
import { FileLockedError, lockFile } from '../../shared/node/file-lock.ts';
import { mintSignInLink } from '../../migrations/sign-in-link.ts';
import { readLauncherEnv } from './env.ts';
import { prepareAccount } from './first-start.ts';
import { makePrivate } from './private-directory.ts';
import { readyBlock } from './ready-block.ts';
import { loadSettings, writePrivateFile } from './settings.ts';
import { startStack, type Stack } from './stack.ts';

const say = (text: string): void => {
  process.stderr.write(`waypost: ${text}\n`);
};

async function main(): Promise<void> {
  const env = readLauncherEnv();
  const unlock = takeDirectory(env.directory);
  const settings = await loadSettings(env.directory, env.PORT);
  let stack: Stack | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= (async () => {
      say('stopping …');
      await stack?.stop();
      unlock();
      process.exit(0);
    })();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const)
    process.on(signal, stop);

  let writeFacts = (): void => {};
  stack = await startStack({ env, settings, say, onRestart: () => writeFacts() }).catch(
    async (error: unknown) => {
      unlock();
      throw error;
    },
  );
  const running = stack;
  const isFirstStart = settings.account.apiKey === undefined;
  const account = await prepareAccount({ directory: env.directory, settings, stack: running, say });
  const save = async (): Promise<void> => {
    const processes = running.processes();
    await writePrivateFile(join(env.directory, 'local.json'), {
      apiUrl: running.apiUrl,
      ...account,
      webhookInspectorUrl: running.inspectorUrl,
      mailUrl: running.mailUrl,
      visitorSecret: settings.secrets.visitorSecret,
      runners: processes
        .filter(({ name }) => name.startsWith('runner-'))
        .map(({ name, pid, url }) => ({ id: name, pid, url })),
      services: processes.filter(({ name }) => !name.startsWith('runner-')),
    });
  };
  writeFacts = () => {
    save().catch((error: unknown) => say(`local.json could not be written: ${String(error)}`));
  };
  await save();
  const withSecrets = isFirstStart || process.stdout.isTTY;
  process.stdout.write(
    readyBlock({
      stack: running,
      publicUrl: (env.BASE_URL ?? running.apiUrl).replace(/\/$/, ''),
      account,
      directory: env.directory,
      visitorSecret: settings.secrets.visitorSecret,
      signInToken: withSecrets
        ? await mintSignInLink({
            connectionString: running.databaseUrl,
            workspaceId: account.workspaceId,
          })
        : null,
    }),
  );
}

/** How long a launcher whose parent was killed takes to notice and end. */
const LAST_MOMENTS_MS = 3_000;

/** Two launchers on one folder would start every part twice. */
function takeDirectory(directory: string): () => void {
  makePrivate(directory);
  try {
    return lockFile(join(directory, 'lock.sqlite'), LAST_MOMENTS_MS);
  } catch (error) {
    if (!(error instanceof FileLockedError)) throw error;
    throw new Error(
      `Waypost already runs from ${directory}. Stop it first, or set WAYPOST_DIR to another folder.`,
      { cause: error },
    );
  }
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
