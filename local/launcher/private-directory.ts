import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** As root we run PostgreSQL as another account: it must pass through these, and can list and read nothing there. */
const PASSABLE = 0o711;

/**
 * Makes a deployment's folder, and closes to other accounts what is in it already and what this process and its children will
 * make anywhere.
 */
export function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true });
  process.umask(0o077);
  closeToOthers(directory);
  chmodSync(directory, PASSABLE);
  const data = join(directory, 'data');
  mkdirSync(data, { recursive: true });
  for (const { name } of closeToOthers(data).filter((entry) => entry.isDirectory()))
    // The cluster is PostgreSQL's own, which keeps it closed; profiles of browsers are behind a closed folder.
    if (name !== 'neon' && !name.startsWith('runner-')) closeToOthers(join(data, name));
  chmodSync(data, PASSABLE);
}

function closeToOthers(directory: string) {
  const entries = readdirSync(directory, { withFileTypes: true });
  for (const entry of entries) {
    if (entry.isDirectory()) chmodSync(join(directory, entry.name), 0o700);
    else if (entry.isFile()) chmodSync(join(directory, entry.name), 0o600);
  }
  return entries;
}
