import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Assignment } from '../../shared/protocol/leases.ts';
import { isNewestProfile, SessionFolder, type ProfileMarker } from './profile.ts';

const ours = (epoch: number, bootId: string): ProfileMarker => ({ epoch, bootId, linked: true });
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
  ])('%s', (_, marker, lastStarted, expected) => {
    expect(isNewestProfile(marker, lastStarted)).toBe(expected);
  });
});

const nothing = async () => ({ restored: false, lost: null });

describe('a session folder', () => {
  let dataDir: string;
  let folder: SessionFolder;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'waypost-profile-'));
    folder = new SessionFolder(dataDir, 'ses_1');
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('remembers over restarts that its profile is linked', async () => {
    expect(await folder.prepare({ epoch: 1, bootId: 'a' }, null, nothing)).toEqual({
      linked: false,
      quarantined: false,
      lost: null,
    });
    fillDatabase(folder.profileDir);
    await folder.setLinked({ epoch: 1, bootId: 'a' }, true);
    const next = await folder.prepare({ epoch: 2, bootId: 'b' }, last(1, 'a'), nothing);
    expect(next).toEqual({ linked: true, quarantined: false, lost: null });
  });

  it('sets a profile aside that someone else overtook, and keeps it', async () => {
    await folder.prepare({ epoch: 1, bootId: 'a' }, null, nothing);
    writeFileSync(join(folder.profileDir, 'ratchet'), 'old');
    const next = await folder.prepare({ epoch: 5, bootId: 'b' }, last(4, 'z'), nothing);
    expect(next).toEqual({ linked: false, quarantined: true, lost: null });
    expect(await readdir(folder.profileDir)).toEqual([]);
    expect(await readdir(join(folder.profileDir, '..', 'quarantined-profile'))).toEqual([
      'ratchet',
    ]);
  });

  it('has the newest restored in the place of one that was overtaken', async () => {
    await folder.prepare({ epoch: 1, bootId: 'a' }, null, nothing);
    fillDatabase(folder.profileDir);
    const restored = await folder.prepare({ epoch: 5, bootId: 'b' }, last(4, 'z'), async () => {
      expect(await readdir(folder.profileDir).catch(() => [])).toEqual([]);
      return { restored: true, lost: null };
    });
    expect(restored).toEqual({ linked: true, quarantined: true, lost: null });
  });

  it('has it restored when the disk lost the database of a linked one', async () => {
    await folder.prepare({ epoch: 1, bootId: 'a' }, null, nothing);
    await folder.setLinked({ epoch: 1, bootId: 'a' }, true);
    let asked = 0;
    await folder.prepare({ epoch: 2, bootId: 'b' }, last(1, 'a'), async () => {
      asked += 1;
      return { restored: true, lost: null };
    });
    expect(asked).toBe(1);
  });

  it('begins again when a restore died half-way', async () => {
    const dies = () =>
      folder.prepare({ epoch: 5, bootId: 'b' }, last(4, 'z'), () =>
        Promise.reject(new Error('gone')),
      );
    await expect(dies()).rejects.toThrow('gone');
    const again = await folder.prepare({ epoch: 5, bootId: 'b' }, last(4, 'z'), async () => ({
      restored: true,
      lost: null,
    }));
    expect(again.linked).toBe(true);
  });

  it('restores nothing in the place of a profile that was unlinked here', async () => {
    await folder.prepare({ epoch: 1, bootId: 'a' }, null, nothing);
    fillDatabase(folder.profileDir);
    await folder.setLinked({ epoch: 1, bootId: 'a' }, true);
    await folder.unlink({ epoch: 1, bootId: 'a' });
    const next = await folder.prepare({ epoch: 2, bootId: 'b' }, last(1, 'a'), () =>
      Promise.reject(new Error('must not be asked')),
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
