import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inheritedEnvironment } from '../env.ts';

const program = fileURLToPath(new URL('../../migrations/main.ts', import.meta.url));

/**
 * Brings the database to the newest schema in a process that ends: what it loads would stay with the launcher, 140 MiB of it.
 * The URL holds a password, so it is neither an argument nor in the environment.
 * @throws Error with what the process said
 */
export async function migrate(connectionString: string): Promise<void> {
  const child = fork(program, [], {
    env: inheritedEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', reject);
  });
  child.send(connectionString);
  if ((await ended) !== 0) throw new Error(`the database could not be migrated: ${said}`);
}
