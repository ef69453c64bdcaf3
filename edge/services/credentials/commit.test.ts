import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../../../shared/base64.ts';
import { type OwnershipWorld, ownershipWorld } from '../ownership/testing/world.ts';
import { credentialsOf, sha256 } from './testing/bundles.ts';

let world: OwnershipWorld;
beforeAll(async () => {
  world = await ownershipWorld();
});

const LARGE = 1_500_000;
const put = (url: string | null, body: Uint8Array<ArrayBuffer>) =>
  fetch(String(url), { method: 'PUT', body });
const large = (): Uint8Array<ArrayBuffer> => new Uint8Array(LARGE).fill(randomBytes(1)[0] ?? 0);
const refusal = (reason: string) => ({ code: 'CONFLICT', details: { reason } });
const found = async <Answer extends { found: boolean }>(answer: Promise<Answer>) => {
  const given = await answer;
  if (!given.found) throw new Error(`not found: ${JSON.stringify(given)}`);
  return given as Extract<Answer, { found: true }>;
};

describe('from slot to commit', () => {
  it('keeps a small bundle in the database and hands it back with its key', async () => {
    const { slot, commit, restore } = await credentialsOf(world);
    const bytes = new Uint8Array(randomBytes(5_000));
    const { version, dataKey, uploadUrl, workspaceId } = await slot(bytes.length);
    expect({ version, uploadUrl, workspaceId }).toEqual({
      version: 1,
      uploadUrl: null,
      workspaceId: world.workspaceId,
    });
    expect(fromBase64(dataKey)).toHaveLength(32);
    await commit(version, bytes, { inline: toBase64(bytes) });
    const bundle = await found(restore());
    expect(bundle).toMatchObject({
      version: 1,
      epoch: 4,
      sha256: sha256(bytes),
      downloadUrl: null,
    });
    expect(fromBase64(String(bundle.inline))).toEqual(bytes);
    expect(bundle.dataKey).toBe(dataKey);
  });

  it('keeps a large one in object storage, under one data key for the session', async () => {
    const { slot, commit, restore } = await credentialsOf(world);
    const bytes = large();
    const first = await slot(bytes.length);
    expect((await put(first.uploadUrl, bytes)).status).toBe(200);
    await commit(first.version, bytes);
    const bundle = await found(restore());
    const answer = await fetch(String(bundle.downloadUrl));
    expect(sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(sha256(bytes));
    const second = await slot(bytes.length);
    expect(second).toMatchObject({ version: 2, dataKey: first.dataKey });
  });

  it('refuses what was never stored, was cut off, or is something else, and keeps what was', async () => {
    const { keep, slot, commit, shelf } = await credentialsOf(world);
    await keep();
    const bytes = large();
    const nothing = await slot(bytes.length);
    await expect(commit(nothing.version, bytes)).rejects.toMatchObject(refusal('not_stored'));
    expect((await put(nothing.uploadUrl, bytes.slice(0, 1_000))).ok).toBe(false);
    const other = await slot(bytes.length);
    await put(other.uploadUrl, large());
    await expect(commit(other.version, bytes)).rejects.toMatchObject(refusal('not_stored'));
    expect(await shelf()).toEqual(['1 current', '2 pending', '3 pending']);
  });

  it('answers the same commit twice, and moves the pointer once', async () => {
    const { slot, commit, shelf } = await credentialsOf(world);
    const bytes = new Uint8Array(randomBytes(50));
    const { version } = await slot(bytes.length);
    const again = () => commit(version, bytes, { inline: toBase64(bytes) });
    expect([await again(), await again()]).toEqual([{ version }, { version }]);
    expect(await shelf()).toEqual(['1 current']);
  });

  it.each([0, 1])('lets one of two win that began together (%i kept before)', async (before) => {
    const { keep, slot, commit, shelf } = await credentialsOf(world);
    for (let kept = 0; kept < before; kept += 1) await keep();
    const bytes = new Uint8Array(randomBytes(50));
    const slots = [await slot(bytes.length), await slot(bytes.length)];
    const ends = await Promise.allSettled(
      slots.map(({ version }) => commit(version, bytes, { inline: toBase64(bytes) })),
    );
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const lost = ends.find((end) => end.status === 'rejected');
    expect(lost?.reason).toMatchObject(refusal('superseded'));
    expect((await shelf()).filter((row) => row.endsWith('current'))).toHaveLength(1);
  });

  it('keeps three, and one from before a newer engine apart', async () => {
    const { keep, shelf } = await credentialsOf(world);
    for (let count = 0; count < 4; count += 1) await keep();
    expect(await shelf()).toEqual(['1 discarded', '2 previous', '3 previous', '4 current']);
    for (let count = 0; count < 4; count += 1) await keep({ formatVersion: 157 });
    expect((await shelf()).slice(3)).toEqual([
      '4 previous (format)',
      '5 discarded',
      '6 previous',
      '7 previous',
      '8 current',
    ]);
    for (let count = 0; count < 4; count += 1) await keep({ formatVersion: 158 });
    expect((await shelf()).filter((row) => !row.includes('discarded'))).toEqual([
      '8 previous (format)',
      '10 previous',
      '11 previous',
      '12 current',
    ]);
  });
});

describe('what never takes the last good version’s place', () => {
  it.each([
    ['a page without registration', { phoneNumber: null }, 'registration_missing'],
    ['another number', { phoneNumber: '15559999999' }, 'number_changed'],
    ['a profile older than what is kept', { generation: 0 }, 'generation_fell'],
    ['an earlier epoch', { epoch: 3 }, 'stale_epoch'],
    ['another boot', { bootId: 'a-boot-0' }, 'stale_epoch'],
    ['another runner', { runnerId: 'b' }, 'stale_epoch'],
  ])('%s', async (_, given, reason) => {
    const { keep, shelf } = await credentialsOf(world);
    await keep();
    await expect(keep(given)).rejects.toMatchObject(refusal(reason));
    expect(await shelf()).toEqual(['1 current', '2 pending']);
  });

  it('but one that shrank to a tenth may: LevelDB compacts', async () => {
    const { keep, shelf } = await credentialsOf(world);
    await keep();
    await keep({ contentBytes: 10_000 });
    expect(await shelf()).toEqual(['1 previous', '2 current']);
  });

  it('an owner that was taken over between slot and commit', async () => {
    const { keep, slot, commit, shelf, sessionId } = await credentialsOf(world);
    await keep();
    const bytes = new Uint8Array(randomBytes(50));
    const { version } = await slot(bytes.length);
    await world.lapse(sessionId, 60);
    await world.beat('b');
    const late = commit(version, bytes, { inline: toBase64(bytes) });
    await expect(late).rejects.toMatchObject(refusal('stale_epoch'));
    expect(await shelf()).toEqual(['1 current', '2 pending']);
  });

  it('but an owner whose lease ran out with nobody after it may finish', async () => {
    const { keep, shelf, sessionId, restore } = await credentialsOf(world);
    await world.lapse(sessionId, 60);
    await keep();
    expect(await shelf()).toEqual(['1 current']);
    await expect(restore()).rejects.toMatchObject(refusal('stale_epoch'));
  });
});
