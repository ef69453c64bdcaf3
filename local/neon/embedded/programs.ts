import { spawn, type ChildProcess } from 'node:child_process';
import { binaryEnvironment } from '../env.ts';
import type { Account } from './account.ts';

/** Starts a PostgreSQL program in a session of its own, so that Ctrl-C in a terminal does not reach it. */
export function launch(
  program: string,
  args: string[],
  account: Account | undefined,
): ChildProcess {
  return spawn(program, args, {
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
    cwd: '/',
    env: binaryEnvironment(),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
}

/** Runs a program to its end. @throws Error with what it wrote to stderr when it does not exit with 0. */
export async function runToEnd(
  program: string,
  args: string[],
  account: Account | undefined,
): Promise<void> {
  const child = launch(program, args, account);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} exited with ${code}: ${said.trim()}`);
}
