import { copyFile, mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadCredentialsError, type EngineCredentials } from '../credentials.ts';
import type { EngineHost } from '../port.ts';

/** The fake engine's link: one file, packed as it is. */
export const linkFile = (stateDir: string): string => join(stateDir, 'link');

/** The runner's side of fake engines. @param version of what writes their credentials */
export function fakeHost(version = 1): EngineHost {
  return {
    credentials: fakeCredentials(version),
    settings: async () => null,
    sweep: async () => true,
    reap: async () => [],
  };
}

function fakeCredentials(version: number): EngineCredentials {
  const look: EngineCredentials['look'] = async (directory) => {
    const found = await stat(linkFile(directory)).catch(() => null);
    if (found === null) return { files: [], databaseBytes: 0 };
    const { size, mtimeMs } = found;
    return {
      files: [{ path: 'link', sizeBytes: size, modifiedAt: mtimeMs }],
      databaseBytes: size,
    };
  };
  return {
    format: 'fake-link',
    version: async () => version,
    look,
    copy: async (directory, target) => {
      await mkdir(target, { recursive: true });
      await copyFile(linkFile(directory), linkFile(target));
      return look(directory);
    },
    pack: async (directory) => {
      const bytes = await readFile(linkFile(directory));
      return { sizeBytes: bytes.length, contentBytes: bytes.length, bytes: once(bytes) };
    },
    unpack: async (bytes, directory) => {
      const handle = await open(linkFile(directory), 'wx');
      try {
        for await (const chunk of bytes) await writeFile(handle, chunk);
      } finally {
        await handle.close();
      }
      const text = await readFile(linkFile(directory), 'utf8');
      if (!text.startsWith('linked')) throw new BadCredentialsError('not the fake engine’s');
    },
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
