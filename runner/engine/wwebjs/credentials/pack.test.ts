import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CredentialsFile } from '../../credentials.ts';
import { listKept } from './kept-files.ts';
import { pack, planPack } from './pack.ts';
import { unpack } from './unpack.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'waypost-pack-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Each chunk is good until the next is asked for. */
async function packed(profile: string, files: CredentialsFile[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  const plan = await planPack(profile, files);
  for await (const chunk of pack(plan)) parts.push(Buffer.from(chunk));
  const whole = Buffer.concat(parts);
  expect(whole).toHaveLength(plan.sizeBytes);
  return whole;
}

const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), content);
};
const unpacked = (bytes: Buffer) => unpack(Readable.from([bytes]), join(dir, 'out'));
/** One entry as `pack` writes it. */
const entry = (path: string, content: string): Buffer => {
  const header = Buffer.alloc(15);
  header.writeUInt8(1, 0);
  header.writeUInt16BE(Buffer.byteLength(path), 1);
  header.writeUIntBE(Buffer.byteLength(content), 3, 6);
  header.writeUIntBE(Buffer.byteLength(content), 9, 6);
  return Buffer.concat([header, Buffer.from(path), Buffer.from(content)]);
};
const END = Buffer.from([0]);

describe('a packed profile', () => {
  it('holds the databases of the page and nothing else', async () => {
    put('profile/Default/IndexedDB/a.leveldb/000003.log', 'records');
    put('profile/Default/IndexedDB/a.blob/1/00/1', '');
    put('profile/Default/Local Storage/leveldb/CURRENT', 'MANIFEST');
    put('profile/Default/IndexedDB/a.leveldb/LOCK', '');
    put('profile/Default/IndexedDB/a.leveldb/000005.ldb', 'table');
    put('profile/Default/Cookies', 'not needed');
    put('profile/SingletonLock', 'not needed');
    const profile = join(dir, 'profile');
    const bytes = await packed(profile, await listKept(profile));
    expect(await unpacked(bytes)).toEqual({ files: 4, contentBytes: 20 });
    const out = join(dir, 'out', 'Default');
    expect(readFileSync(join(out, 'IndexedDB/a.leveldb/000003.log'), 'utf8')).toBe('records');
    expect(readFileSync(join(out, 'Local Storage/leveldb/CURRENT'), 'utf8')).toBe('MANIFEST');
    expect(readFileSync(join(out, 'IndexedDB/a.blob/1/00/1'), 'utf8')).toBe('');
    expect(await readdir(join(out, 'IndexedDB/a.leveldb'))).toEqual(['000003.log', '000005.ldb']);
  });

  it('is not made of files that change meanwhile', async () => {
    put('profile/Default/IndexedDB/a.leveldb/000003.log', 'records');
    const profile = join(dir, 'profile');
    const files = await listKept(profile);
    put('profile/Default/IndexedDB/a.leveldb/000003.log', 'rec');
    await expect(packed(profile, files)).rejects.toThrow('changed');
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['no end', entry('Default/IndexedDB/a', 'x')],
    ['half a file', entry('Default/IndexedDB/a', 'xxxx').subarray(0, -2)],
    ['something behind the end', Buffer.concat([END, END])],
    ['an unknown kind', Buffer.from([9])],
    ['a path out of it', Buffer.concat([entry('Default/IndexedDB/../../../evil', 'x'), END])],
    ['an absolute path', Buffer.concat([entry('/etc/evil', 'x'), END])],
    ['a file that profiles do not keep', Buffer.concat([entry('Default/Cookies', 'x'), END])],
    ['the folder itself', Buffer.concat([entry('Default/IndexedDB/', 'x'), END])],
  ])('is refused: %s', async (_, bytes) => {
    await expect(unpacked(bytes)).rejects.toThrow();
  });
});
