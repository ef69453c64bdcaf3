import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Assignment } from '../../shared/protocol/leases.ts';
import { isNewest, SessionFolder, type Restoration, type StartMarker } from './session-folder.ts';

const ours = (epoch: number, bootId: string, generation: number | null = 7): StartMarker => ({
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

describe('whether the credentials on this disk are the newest', () => {
  it.each<[string, StartMarker | null, Assignment['lastStarted'], boolean]>([
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
    expect(isNewest(marker, lastStarted, 7)).toBe(expected);
  });
});

const first = { epoch: 1, bootId: 'a' };
const nobody = { lastStarted: null, keptVersion: 0 };
const us = { lastStarted: last(1, 'a'), keptVersion: 0 };
const another = { lastStarted: last(4, 'z'), keptVersion: 0 };
const restored = { restored: true, lost: null, generation: 3 };

describe('a session folder', () => {
  let dataDir: string;
  let folder: SessionFolder;
  /** What the engine says of its credentials here, and what a restore comes to. */
  let isWhole: boolean;
  let restore: () => Promise<Restoration>;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'waypost-folder-'));
    folder = new SessionFolder(dataDir, 'ses_1');
    isWhole = true;
    restore = async () => ({ restored: false, lost: null, generation: 0 });
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const prepare = (
    owner: { epoch: number; bootId: string },
    before: Pick<Assignment, 'lastStarted' | 'keptVersion'>,
  ) => folder.prepare(owner, before, { isWhole: async () => isWhole, restore: () => restore() });

  async function linkedHere(): Promise<void> {
    await prepare(first, nobody);
    writeFileSync(join(folder.stateDir, 'ratchet'), 'old');
    await folder.setLinked(first, true);
  }

  it('remembers over restarts that its engine is linked', async () => {
    expect(await prepare(first, nobody)).toEqual({ linked: false, quarantined: false, lost: null });
    await linkedHere();
    expect(await prepare({ epoch: 2, bootId: 'b' }, us)).toEqual({
      linked: true,
      quarantined: false,
      lost: null,
    });
  });

  it('sets credentials aside that someone else overtook, and keeps them', async () => {
    await linkedHere();
    expect(await prepare({ epoch: 5, bootId: 'b' }, another)).toEqual({
      linked: false,
      quarantined: true,
      lost: null,
    });
    expect(await readdir(folder.stateDir)).toEqual([]);
    expect(await readdir(join(folder.stateDir, '..', 'quarantined-profile'))).toEqual(['ratchet']);
  });

  it('has the newest restored in the place of those that were overtaken', async () => {
    await linkedHere();
    restore = async () => {
      expect(await readdir(folder.stateDir).catch(() => [])).toEqual([]);
      return restored;
    };
    expect(await prepare({ epoch: 5, bootId: 'b' }, another)).toEqual({
      linked: true,
      quarantined: true,
      lost: null,
    });
  });

  it.each([
    [true, 0],
    [false, 1],
  ])('of a linked one with a whole database (%s) restores %i times', async (whole, times) => {
    await linkedHere();
    isWhole = whole;
    let asked = 0;
    restore = async () => {
      asked += 1;
      return restored;
    };
    await prepare({ epoch: 2, bootId: 'b' }, us);
    expect(asked).toBe(times);
  });

  it('begins again when a restore died half-way', async () => {
    restore = () => Promise.reject(new Error('gone'));
    await expect(prepare({ epoch: 5, bootId: 'b' }, another)).rejects.toThrow('gone');
    restore = async () => restored;
    expect((await prepare({ epoch: 5, bootId: 'b' }, another)).linked).toBe(true);
  });

  it('restores nothing in the place of credentials that were unlinked here', async () => {
    await linkedHere();
    await folder.unlink(first);
    restore = () => Promise.reject(new Error('must not be asked'));
    expect(await prepare({ epoch: 2, bootId: 'b' }, us)).toEqual({
      linked: false,
      quarantined: false,
      lost: null,
    });
  });
});
