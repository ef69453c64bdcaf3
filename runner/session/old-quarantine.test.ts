import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deleteOldQuarantine } from './old-quarantine.ts';

const DAY_MS = 24 * 3_600_000;
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'waypost-quarantine-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function folder(session: string, name: string): string {
  const path = join(dataDir, 'sessions', session, name);
  mkdirSync(path, { recursive: true });
  return path;
}

it('profiles that were set aside go after 7 days, and nothing else ever', async () => {
  const aside = [
    folder('ses_1', 'quarantined-profile'),
    folder('ses_2', 'profile.quarantine-1800000000000'),
  ];
  const kept = [folder('ses_1', 'profile'), folder('ses_2', 'files')];
  expect(await deleteOldQuarantine(dataDir, Date.now() + 6.9 * DAY_MS)).toBe(0);
  expect(aside.every((path) => existsSync(path))).toBe(true);
  expect(await deleteOldQuarantine(dataDir, Date.now() + 7.1 * DAY_MS)).toBe(2);
  expect(aside.some((path) => existsSync(path))).toBe(false);
  expect(kept.every((path) => existsSync(path))).toBe(true);
});

it('not more than 20 at a time', async () => {
  for (let index = 0; index < 25; index += 1) folder(`ses_${index}`, 'quarantined-profile');
  const later = Date.now() + 8 * DAY_MS;
  expect(await deleteOldQuarantine(dataDir, later)).toBe(20);
  expect(await deleteOldQuarantine(dataDir, later)).toBe(5);
});

it('two runs at once, and a profile that goes while they look, change nothing', async () => {
  const aside = Array.from({ length: 5 }, (_, n) => folder(`ses_${n}`, 'quarantined-profile'));
  symlinkSync('/gone/meanwhile', join(dataDir, 'sessions', 'ses_0', 'profile.quarantine-1'));
  const later = Date.now() + 8 * DAY_MS;
  await Promise.all([deleteOldQuarantine(dataDir, later), deleteOldQuarantine(dataDir, later)]);
  expect(aside.some((path) => existsSync(path))).toBe(false);
  expect(await deleteOldQuarantine(dataDir, later)).toBe(0);
});

it('a data directory without sessions has none', async () => {
  expect(await deleteOldQuarantine(join(dataDir, 'new'), Date.now())).toBe(0);
});
