import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { profileCredentials } from './profile-credentials.ts';

const credentials = profileCredentials(null);
const DATABASE = 'Default/IndexedDB/https_web.whatsapp.com_0.indexeddb.leveldb';
const BLOB = 'Default/IndexedDB/https_web.whatsapp.com_0.indexeddb.blob/1/00';
const STORAGE = 'Default/Local Storage/leveldb';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'waypost-look-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

type Row = {
  what: string;
  /** Sizes by path. */
  has: Record<string, number>;
  finds: string[];
  databaseBytes: number;
};

describe('what of a link is in a profile', () => {
  it.each<Row>([
    { what: 'an empty folder', has: {}, finds: [], databaseBytes: 0 },
    {
      what: 'a profile that was never linked',
      has: { [`${STORAGE}/000003.log`]: 7, 'Default/Preferences': 5 },
      finds: [`${STORAGE}/000003.log`],
      databaseBytes: 0,
    },
    {
      what: 'a database and its large values, in order',
      has: { [`${DATABASE}/000005.ldb`]: 10, [`${DATABASE}/000003.log`]: 3, [`${BLOB}/7`]: 100 },
      finds: [`${BLOB}/7`, `${DATABASE}/000003.log`, `${DATABASE}/000005.ldb`],
      databaseBytes: 113,
    },
    {
      what: 'a database without what it makes anew, and no settings in its size',
      has: {
        [`${DATABASE}/CURRENT`]: 16,
        [`${DATABASE}/LOCK`]: 1,
        [`${DATABASE}/LOG`]: 1,
        [`${DATABASE}/LOG.old`]: 1,
        [`${STORAGE}/CURRENT`]: 16,
      },
      finds: [`${DATABASE}/CURRENT`, `${STORAGE}/CURRENT`],
      databaseBytes: 16,
    },
    {
      what: 'nothing of the cache',
      has: { 'Default/Cache/Cache_Data/f_000001': 50, 'Default/GPUCache/data_0': 4 },
      finds: [],
      databaseBytes: 0,
    },
  ])('$what', async ({ has, finds, databaseBytes }) => {
    for (const [path, size] of Object.entries(has)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), Buffer.alloc(size));
    }
    const state = await credentials.look(dir);
    expect(state.files.map(({ path }) => path)).toEqual(finds);
    expect(state.files.map(({ sizeBytes }) => sizeBytes)).toEqual(finds.map((path) => has[path]));
    expect(state.databaseBytes).toBe(databaseBytes);
  });

  it('is nothing where there is no folder', async () => {
    expect(await credentials.look(join(dir, 'none'))).toEqual({ files: [], databaseBytes: 0 });
  });
});
