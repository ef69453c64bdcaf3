import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BoundedLog } from '../bounded-log.ts';

/** Machines come and go: the logs of those that wrote last are kept. */
const MOST_LOGS = 20;

/** The log of a machine, `<folder>/<id>.log`. Makes room for it where there are too many. */
export function machineLog(folder: string, id: string): BoundedLog {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = `${id}.log`;
  const others = readdirSync(folder)
    .filter((name) => name.endsWith('.log') && name !== own)
    .map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .toSorted((one, other) => other.at - one.at);
  for (const { path } of others.slice(MOST_LOGS - 1))
    for (const file of [path, `${path}.1`]) rmSync(file, { force: true });
  return new BoundedLog(join(folder, own));
}
