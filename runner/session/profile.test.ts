import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

describe('a session folder', () => {
  let dataDir: string;
  let folder: SessionFolder;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'waypost-profile-'));
    folder = new SessionFolder(dataDir, 'ses_1');
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('remembers over restarts that its profile is linked', async () => {
    expect(await folder.prepare({ epoch: 1, bootId: 'a' }, null)).toEqual({
      linked: false,
      quarantined: false,
    });
    await folder.setLinked({ epoch: 1, bootId: 'a' }, true);
    const next = await folder.prepare({ epoch: 2, bootId: 'b' }, last(1, 'a'));
    expect(next).toEqual({ linked: true, quarantined: false });
  });

  it('sets a profile aside that someone else overtook, and keeps it', async () => {
    await folder.prepare({ epoch: 1, bootId: 'a' }, null);
    writeFileSync(join(folder.profileDir, 'ratchet'), 'old');
    const next = await folder.prepare({ epoch: 5, bootId: 'b' }, last(4, 'z'));
    expect(next).toEqual({ linked: false, quarantined: true });
    expect(await readdir(folder.profileDir)).toEqual([]);
    expect(await readdir(join(folder.profileDir, '..', 'quarantined-profile'))).toEqual([
      'ratchet',
    ]);
  });
});
