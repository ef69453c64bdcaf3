import { spawn } from 'node:child_process';

/** A stand-in for an engine child and its browser: says its family's pids, one JSON line, and lives until it is killed. */
const sleeper = (more: string[]): ReturnType<typeof spawn> =>
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', ...more], {
    detached: true,
    stdio: 'ignore',
  });

const [, , profileDir = ''] = process.argv;
// A browser leads a group of its own and may outlive its parent; a helper is found by descent alone.
const browser = sleeper([`--user-data-dir=${profileDir}`, '--headless']);
const helper = sleeper([]);
process.stdout.write(`${JSON.stringify([process.pid, browser.pid, helper.pid])}\n`);
process.on('SIGTERM', () => undefined);
setInterval(() => undefined, 1_000);
