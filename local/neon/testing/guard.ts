import { spawn } from 'node:child_process';
import { clusterOf } from '../embedded/install.ts';
import { readPostmasterPid } from '../embedded/postmaster-pid.ts';

/** Its input ends when our process does, however that dies; then it stops the server and removes its files. */
const GUARD = `
cat
kill -INT "$0"
tries=0
while [ -e "$1/postgres/postmaster.pid" ] && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
rm -rf "$1"
`;

/**
 * Tests get killed; the server they started would stay for ever. Not for Windows.
 * @returns dismisses the guard, after an orderly stop.
 */
export async function cleanUpAfterDeath(home: string): Promise<() => void> {
  const server = await readPostmasterPid(clusterOf(home));
  if (server === undefined || process.platform === 'win32') return () => undefined;
  const guard = spawn('/bin/sh', ['-c', GUARD, String(server.pid), home], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return () => {
    guard.kill('SIGKILL');
  };
}
