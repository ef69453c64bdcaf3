import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import { type OwnershipWorld, ownershipWorld } from '../ownership/testing/world.ts';
import { fromBase64, toBase64 } from './data-key.ts';
import { purgeCredentials } from './purge.ts';
import { restoreCredentials } from './restore.ts';
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

describe('what is handed out', () => {
  it('is the newest that this engine may open, and the one before when that fails', async () => {
    const { keep, restore, sessionId } = await credentialsOf(world);
    await keep();
    await keep();
    await keep({ formatVersion: 157 });
    expect(await restore({ formatVersion: 157 })).toMatchObject({ version: 3 });
    expect(await restore({ formatVersion: 156 })).toMatchObject({ version: 2 });
    expect(await restore({ formatVersion: 154 })).toMatchObject({
      found: false,
      reason: 'too_new',
    });
    const failed = [{ version: 2, error: 'tag' }];
    expect(await restore({ formatVersion: 156, failed })).toMatchObject({ version: 1 });
    failed.push({ version: 1, error: 'tag' });
    // The new profile's copy replaces the current one.
    expect(await restore({ formatVersion: 156, failed })).toEqual({
      found: false,
      reason: 'unopenable',
      generation: 3,
    });
    const { sessionLog } = world.schema;
    const log = await world.db.select().from(sessionLog).where(eq(sessionLog.sessionId, sessionId));
    const reasons = log.map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason.startsWith('credentials_'))).toEqual([
      'credentials_unopenable: version 2 (tag)',
      'credentials_unopenable: version 1 (tag)',
    ]);
  });

  it('is nothing for a session that never kept any', async () => {
    const { restore } = await credentialsOf(world);
    expect(await restore()).toMatchObject({ found: false, reason: 'none' });
  });

  it('is never another session’s or another workspace’s row, even when one is moved here', async () => {
    const [mine, theirs] = [await credentialsOf(world), await credentialsOf(world)];
    await mine.keep();
    await mine.keep();
    await theirs.keep();
    const { sessionCredentials } = world.schema;
    const [stolen] = await theirs.rows();
    const newest = (await mine.rows()).at(-1);
    await world.db
      .update(sessionCredentials)
      .set({ wrappedKey: String(stolen?.wrappedKey), inlineBytes: stolen?.inlineBytes ?? null })
      .where(eq(sessionCredentials.objectKey, String(newest?.objectKey)));
    expect(await mine.restore()).toMatchObject({ version: 1 });
    const other = newId('workspace');
    await world.db
      .insert(world.schema.workspaces)
      .values({ id: other, name: 'other', tier: 'max' });
    await world.db
      .update(sessionCredentials)
      .set({ workspaceId: other })
      .where(eq(sessionCredentials.sessionId, mine.sessionId));
    expect(await mine.restore()).toMatchObject({ found: false, reason: 'none' });
  });

  it('opens under both master keys after a rotation, and is wrapped by the new one from then on', async () => {
    const before = world.services.env.SESSION_ENCRYPTION_KEY;
    const rotated = {
      ...world.services,
      env: {
        ...world.services.env,
        SESSION_ENCRYPTION_KEY: [{ version: 'v2', secret: 'cd'.repeat(32) }, ...before],
      },
    };
    const old = await credentialsOf(world);
    await old.keep();
    const dataKey = (await found(old.restore())).dataKey;
    const holder = { ...old.holder };
    const input = {
      ...holder,
      format: 'chromium-profile',
      formatVersion: 156,
      seal: 1,
      failed: [],
    };
    expect(await restoreCredentials({ services: rotated, input })).toMatchObject({ dataKey });
    expect((await old.rows())[0]?.masterKeyVersion).toBe('v2');
    const onlyNew = {
      ...rotated,
      env: {
        ...rotated.env,
        SESSION_ENCRYPTION_KEY: rotated.env.SESSION_ENCRYPTION_KEY.slice(0, 1),
      },
    };
    expect(await restoreCredentials({ services: onlyNew, input })).toMatchObject({ dataKey });
    // The key that it needs is not configured any more: said, and not taken for a broken bundle.
    await expect(old.restore()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('an unlinked session', () => {
  const report = (sessionId: string, status: 'logged_out' | 'qr', spoolSeq: number) => ({
    bootId: 'a-boot-1',
    spoolSeq,
    sessionId,
    epoch: 4,
    occurredAt: Date.now(),
    report: {
      kind: 'session.status' as const,
      status,
      reason: status,
      phoneNumber: null,
      lid: null,
      displayName: null,
      webVersion: null,
    },
  });

  it('has its versions in quarantine, purged after seven days', async () => {
    const { keep, restore, shelf, sessionId } = await credentialsOf(world);
    await keep();
    await keep();
    const services = world.services;
    const reports = [report(sessionId, 'logged_out', 1)];
    await ingestReports({ services, runnerId: 'a', reports });
    expect(await shelf()).toEqual(['1 quarantined', '2 quarantined']);
    expect(await restore()).toMatchObject({ found: false, reason: 'none' });
    await purgeCredentials(services);
    expect(await shelf()).toHaveLength(2);
    await world.db
      .execute(sql`update session_credentials set quarantined_at = now() - interval '8 days'
      where session_id = ${sessionId} and version = 1`);
    await purgeCredentials(services);
    expect(await shelf()).toEqual(['2 quarantined']);
  });

  it('keeps them when its page merely shows a code', async () => {
    const { keep, shelf, sessionId } = await credentialsOf(world);
    await keep();
    const reports = [report(sessionId, 'qr', 2)];
    await ingestReports({ services: world.services, runnerId: 'a', reports });
    expect(await shelf()).toEqual(['1 current']);
  });
});

it('a deleted session’s objects are purged', async () => {
  const { slot, commit, rows, sessionId, restore } = await credentialsOf(world);
  const bytes = large();
  const { version, uploadUrl } = await slot(bytes.length);
  await put(uploadUrl, bytes);
  await commit(version, bytes);
  const { downloadUrl } = await found(restore());
  const objectKey = String((await rows())[0]?.objectKey);
  await world.db.delete(world.schema.sessions).where(eq(world.schema.sessions.id, sessionId));
  await purgeCredentials(world.services);
  expect((await fetch(String(downloadUrl))).status).toBe(404);
  const { sessionCredentials } = world.schema;
  expect(
    await world.db
      .select()
      .from(sessionCredentials)
      .where(eq(sessionCredentials.objectKey, objectKey)),
  ).toEqual([]);
});
