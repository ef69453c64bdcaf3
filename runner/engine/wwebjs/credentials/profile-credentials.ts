import type { CredentialsFile, CredentialsState, EngineCredentials } from '../../credentials.ts';
import { chromiumMajor } from '../chromium-version.ts';
import { copyKept } from './copy.ts';
import { DATABASE, listKept } from './kept-files.ts';
import { pack, planPack } from './pack.ts';
import { unpack } from './unpack.ts';

/** A linked device as whatsapp-web.js keeps it: the databases of a Chromium profile. */
export function profileCredentials(chromiumPath: string | null): EngineCredentials {
  return {
    format: 'chromium-profile',
    version: async () => {
      const major = await chromiumMajor(chromiumPath);
      if (major === null) throw new Error('Chromium does not say its version');
      return major;
    },
    look: async (profileDir) => stateOf(await listKept(profileDir)),
    copy: async (profileDir, target, signal) => stateOf(await copyKept(profileDir, target, signal)),
    pack: async (profileDir, files) => {
      const plan = await planPack(profileDir, files);
      const contentBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      return { sizeBytes: plan.sizeBytes, contentBytes, bytes: pack(plan) };
    },
    unpack: async (bytes, profileDir) => void (await unpack(bytes, profileDir)),
  };
}

function stateOf(files: readonly CredentialsFile[]): CredentialsState {
  const database = files.filter(({ path }) => path.startsWith(DATABASE));
  return {
    files,
    databaseBytes: database.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}
