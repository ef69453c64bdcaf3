import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { createS3ObjectStore } from '../../media/s3-object-store.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { nextCleanup } from './next-cleanup.ts';
import { removeMedia } from './remove-media.ts';

const HOUR_MS = 3_600_000;
const CLOCK = { timeZone: 'Asia/Kathmandu', cleanupTime: '03:00' };

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

/** The clean-up that was the last one. */
const LAST = nextCleanup(Date.now() - 24 * HOUR_MS, CLOCK);
const ago = (ms: number) => new Date(Date.now() - ms);

async function setUp({
  nextCleanupAt,
  hours = 24,
}: {
  nextCleanupAt: Date | null;
  hours?: number;
}) {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const { owner } = harness.newRunner();
  const session = await harness.newSession({ workspaceId, owner, isDefault: true });
  const { media, messages, workspaces } = harness.schema;
  const mine = eq(workspaces.id, workspaceId);
  await harness.db
    .update(workspaces)
    .set({ ...CLOCK, mediaRetentionHours: hours, nextCleanupAt, updatedAt: ago(90_000_000) })
    .where(mine);
  const newFile = async (createdAt: Date, sessionId: string | null = null): Promise<string> => {
    const id = newId('media');
    const objectKey = `${workspaceId}/media/${id}`;
    const file = { mimetype: 'text/plain', filename: 'a.txt', sizeBytes: 5, sha256: '0' };
    await harness.db
      .insert(media)
      .values({ id, workspaceId, sessionId, objectKey, createdAt, ...file });
    const { objects } = harness.services();
    const writer = objects.openPut(objectKey, 5, 'text/plain', AbortSignal.timeout(10_000));
    await writer.write(new TextEncoder().encode('hello'));
    await writer.close();
    return id;
  };
  return {
    workspaceId,
    apiKey,
    session,
    newFile,
    newMessage: async (mediaId: string, direction: 'inbound' | 'outbound') => {
      const id = newId('message');
      const [status, statusRank] =
        direction === 'inbound' ? (['delivered', 3] as const) : (['queued', 0] as const);
      const about = { mimetype: 'text/plain', filename: 'a.txt', sizeBytes: 5, error: null };
      await harness.db.insert(messages).values({
        id,
        workspaceId,
        sessionId: session.id,
        direction,
        chatId: '15550100001@c.us',
        type: 'document',
        content: { text: null, media: { mediaId, ...about } },
        mediaId,
        status,
        statusRank,
        wireId: id,
      });
      return id;
    },
    read: async (id: string) =>
      (await harness.request('GET', `/v1/media/${id}`, { key: apiKey })).status,
    rows: async () => {
      const found = await harness.db.select().from(media).where(eq(media.workspaceId, workspaceId));
      return found.map(({ id }) => id);
    },
    object: (id: string) => harness.services().objects.read(`${workspaceId}/media/${id}`),
    /** What expired did so a while ago. */
    age: () =>
      harness.db
        .update(media)
        .set({ expiresAt: ago(61_000) })
        .where(eq(media.workspaceId, workspaceId)),
    nextCleanupAt: async () =>
      (await harness.db.select().from(workspaces).where(mine))[0]?.nextCleanupAt,
  };
}

describe('the clean-up', () => {
  test('takes what was kept long enough when its hour came, and comes round again', async () => {
    const at = new Date(LAST);
    const own = await setUp({ nextCleanupAt: at });
    const before = (hours: number) => new Date(at.getTime() - hours * HOUR_MS);
    const old = await own.newFile(before(24));
    const young = await own.newFile(new Date(before(24).getTime() + 1));
    const needed = await own.newFile(before(48));
    await own.newMessage(needed, 'outbound');
    await Promise.all([harness.runScheduled(), harness.runScheduled()]);
    await harness.runScheduled();
    expect(await own.read(old)).toBe(404);
    expect(await own.read(young)).toBe(200);
    expect(await own.read(needed)).toBe(200);
    expect((await own.nextCleanupAt())?.getTime()).toBe(nextCleanup(Date.now(), CLOCK));
  });

  test('does not come before its hour', async () => {
    const own = await setUp({ nextCleanupAt: new Date(Date.now() + 60_000) });
    const old = await own.newFile(ago(48 * HOUR_MS));
    await harness.runScheduled();
    expect(await own.read(old)).toBe(200);
  });

  test('leaves a file that came a minute before it', async () => {
    const at = new Date(LAST);
    const own = await setUp({ nextCleanupAt: at, hours: 1 });
    const late = await own.newFile(new Date(at.getTime() - 60_000));
    await harness.runScheduled();
    expect(await own.read(late)).toBe(200);
  });

  test.each([
    ['days', new Date(LAST - 72 * HOUR_MS)],
    ['centuries', new Date('1200-01-01')],
  ])('that was missed for %s is made up for by the last of them', async (_, nextCleanupAt) => {
    const own = await setUp({ nextCleanupAt });
    const old = await own.newFile(new Date(LAST - 25 * HOUR_MS));
    const young = await own.newFile(new Date(LAST - 23 * HOUR_MS));
    await harness.runScheduled();
    expect(await own.read(old)).toBe(404);
    expect(await own.read(young)).toBe(200);
    expect((await own.nextCleanupAt())?.getTime()).toBe(LAST + 24 * HOUR_MS);
  });

  test('follows the settings when they change', async () => {
    const own = await setUp({ nextCleanupAt: new Date(Date.now() + 60_000) });
    await harness.call('PATCH', '/v1/workspace', {
      key: own.apiKey,
      body: { timeZone: 'Pacific/Chatham', cleanupTime: '12:34' },
    });
    await harness.runScheduled();
    const clock = { timeZone: 'Pacific/Chatham', cleanupTime: '12:34' };
    expect((await own.nextCleanupAt())?.getTime()).toBe(nextCleanup(Date.now(), clock));
  });
});

describe('a file that has expired', () => {
  test('is removed with its object, and its message can be asked for it again', async () => {
    const own = await setUp({ nextCleanupAt: new Date(LAST) });
    const id = await own.newFile(ago(49 * HOUR_MS), own.session.id);
    const messageId = await own.newMessage(id, 'inbound');
    await harness.runScheduled();
    await own.age();
    await harness.runScheduled();
    expect(await own.rows()).toEqual([]);
    expect(await own.object(id)).toBeNull();
    const message = () => harness.call('GET', `/v1/messages/${messageId}`, { key: own.apiKey });
    expect((await message()).data).toMatchObject({
      mediaId: null,
      content: { media: { status: 'failed', error: expect.stringContaining('again') } },
    });
    const path = `/v1/messages/${messageId}/media/retry`;
    expect(await harness.call('POST', path, { key: own.apiKey })).not.toMatchObject({
      error: { code: 'CONFLICT' },
    });
  });

  test('keeps its row until the storage has removed the object', async () => {
    const own = await setUp({ nextCleanupAt: new Date(LAST) });
    const id = await own.newFile(ago(49 * HOUR_MS));
    await harness.runScheduled();
    await own.age();
    const refused = createS3ObjectStore({ ...harness.env, S3_SECRET_ACCESS_KEY: 'of-nobody' });
    await expect(removeMedia({ db: harness.db, objects: refused })).rejects.toThrow(AppError);
    expect(await own.rows()).toEqual([id]);
    // A run may have been cut off between the two.
    await harness.services().objects.delete(`${own.workspaceId}/media/${id}`);
    await harness.runScheduled();
    expect(await own.rows()).toEqual([]);
  });

  test('is what a deleted session leaves', async () => {
    const own = await setUp({ nextCleanupAt: null });
    const id = await own.newFile(new Date(), own.session.id);
    await harness.call('DELETE', `/v1/sessions/${own.session.id}`, { key: own.apiKey });
    expect(await own.read(id)).toBe(404);
    await own.age();
    await harness.runScheduled();
    expect(await own.rows()).toEqual([]);
    expect(await own.object(id)).toBeNull();
  });
});
