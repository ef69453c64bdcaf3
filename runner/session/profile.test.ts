import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Assignment } from '../../shared/protocol/leases.ts';
import { isNewestProfile, SessionFolder, type ProfileMarker } from './profile.ts';

const ours = (epoch: number, bootId: string, generation: number | null = 7): ProfileMarker => ({
  epoch,
  bootId,
  linked: true,
  generation,
});
const last = (epoch: number, bootId: string): Assignment['lastStarted'] => ({
  epoch,
  bootId,
  runnerId: 'runner-1',
});

describe('whether the profile on this disk is the newest', () => {
  it.each<[string, ProfileMarker | null, Assignment['lastStarted'], boolean]>([
    ['nobody ever started it', null, null, true],
    ['others started it, we never did', null, last(3, 'b'), false],
    ['we started it last', ours(3, 'b'), last(3, 'b'), true],
    ['we started it, and the edge did not hear of it', ours(4, 'b'), last(3, 'a'), true],
    ['we started it, and the edge knows of no start', ours(1, 'b'), null, true],
    ['someone started it after us', ours(3, 'b'), last(4, 'z'), false],
    ['another boot has the same epoch', ours(3, 'b'), last(3, 'z'), false],
    ['we started it last, and the disk went back since', ours(3, 'b', 6), last(3, 'b'), false],
    ['we began a copy that was not kept', ours(3, 'b', 9), last(3, 'b'), true],
    ['we noted no generation yet', ours(3, 'b', null), last(3, 'b'), true],
  ])('%s', (_, marker, lastStarted, expected) => {
    expect(isNewestProfile(marker, lastStarted, 7)).toBe(expected);
  });
});

const nothing = async () => ({ restored: false, lost: null, generation: 0 });

describe('a session folder', () => {
  let dataDir: string;
  let folder: SessionFolder;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'waypost-profile-'));
    folder = new SessionFolder(dataDir, 'ses_1');
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('remembers over restarts that its profile is linked', async () => {
    expect(
      await folder.prepare(
        { epoch: 1, bootId: 'a' },
        { lastStarted: null, keptVersion: 0 },
        nothing,
      ),
    ).toEqual({
      linked: false,
      quarantined: false,
      lost: null,
    });
    fillDatabase(folder.profileDir);
    await folder.setLinked({ epoch: 1, bootId: 'a' }, true);
    const next = await folder.prepare(
      { epoch: 2, bootId: 'b' },
      { lastStarted: last(1, 'a'), keptVersion: 0 },
      nothing,
    );
    expect(next).toEqual({ linked: true, quarantined: false, lost: null });
  });

  it('sets a profile aside that someone else overtook, and keeps it', async () => {
    await folder.prepare({ epoch: 1, bootId: 'a' }, { lastStarted: null, keptVersion: 0 }, nothing);
    writeFileSync(join(folder.profileDir, 'ratchet'), 'old');
    const next = await folder.prepare(
      { epoch: 5, bootId: 'b' },
      { lastStarted: last(4, 'z'), keptVersion: 0 },
      nothing,
    );
    expect(next).toEqual({ linked: false, quarantined: true, lost: null });
    expect(await readdir(folder.profileDir)).toEqual([]);
    expect(await readdir(join(folder.profileDir, '..', 'quarantined-profile'))).toEqual([
      'ratchet',
    ]);
  });

  it('has the newest restored in the place of one that was overtaken', async () => {
    await folder.prepare({ epoch: 1, bootId: 'a' }, { lastStarted: null, keptVersion: 0 }, nothing);
    fillDatabase(folder.profileDir);
    const restored = await folder.prepare(
      { epoch: 5, bootId: 'b' },
      { lastStarted: last(4, 'z'), keptVersion: 0 },
      async () => {
        expect(await readdir(folder.profileDir).catch(() => [])).toEqual([]);
        return { restored: true, lost: null, generation: 3 };
      },
    );
    expect(restored).toEqual({ linked: true, quarantined: true, lost: null });
  });

  it('has it restored when the disk lost the database of a linked one', async () => {
    await folder.prepare({ epoch: 1, bootId: 'a' }, { lastStarted: null, keptVersion: 0 }, nothing);
    await folder.setLinked({ epoch: 1, bootId: 'a' }, true);
    let asked = 0;
    await folder.prepare(
      { epoch: 2, bootId: 'b' },
      { lastStarted: last(1, 'a'), keptVersion: 0 },
      async () => {
        asked += 1;
        return { restored: true, lost: null, generation: 3 };
      },
    );
    expect(asked).toBe(1);
  });

  it('begins again when a restore died half-way', async () => {
    const dies = () =>
      folder.prepare({ epoch: 5, bootId: 'b' }, { lastStarted: last(4, 'z'), keptVersion: 0 }, () =>
        Promise.reject(new Error('gone')),
      );
    await expect(dies()).rejects.toThrow('gone');
    const again = await folder.prepare(
      { epoch: 5, bootId: 'b' },
      { lastStarted: last(4, 'z'), keptVersion: 0 },
      async () => ({
        restored: true,
        lost: null,
        generation: 3,
      }),
    );
    expect(again.linked).toBe(true);
  });

  it('restores nothing in the place of a profile that was unlinked here', async () => {
    await folder.prepare({ epoch: 1, bootId: 'a' }, { lastStarted: null, keptVersion: 0 }, nothing);
    fillDatabase(folder.profileDir);
    await folder.setLinked({ epoch: 1, bootId: 'a' }, true);
    await folder.unlink({ epoch: 1, bootId: 'a' });
    const next = await folder.prepare(
      { epoch: 2, bootId: 'b' },
      { lastStarted: last(1, 'a'), keptVersion: 0 },
      () => Promise.reject(new Error('must not be asked')),
    );
    expect(next).toEqual({ linked: false, quarantined: false, lost: null });
  });
});

function fillDatabase(profileDir: string): void {
  const database = join(
    profileDir,
    'Default',
    'IndexedDB',
    'https_web.whatsapp.com_0.indexeddb.leveldb',
  );
  mkdirSync(database, { recursive: true });
  writeFileSync(join(database, 'CURRENT'), 'MANIFEST-000001');
}
