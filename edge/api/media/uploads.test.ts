import { Buffer } from 'node:buffer';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHarness, type Harness } from '../../testing/harness.ts';

const PDF = '%PDF-1.7\nplan';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const Begun = z.object({ id: z.string(), uploadUrl: z.string(), expiresAt: z.iso.datetime() });

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const { workspaceId, apiKey: key } = await harness.newWorkspace();
  const { media, mediaUploads } = harness.schema;
  const create = (body: Record<string, unknown>) =>
    harness.call('POST', '/v1/media/uploads', { key, body });
  return {
    workspaceId,
    key,
    create,
    begin: async (sizeBytes: number, more: Record<string, unknown> = {}) =>
      Begun.parse((await create({ sizeBytes, ...more })).data),
    complete: (id: string, as = key) =>
      harness.call('POST', `/v1/media/uploads/${id}/complete`, { key: as }),
    read: async (id: string) => (await harness.request('GET', `/v1/media/${id}`, { key })).text(),
    media: () => harness.db.select().from(media).where(eq(media.workspaceId, workspaceId)),
    uploads: () =>
      harness.db.select().from(mediaUploads).where(eq(mediaUploads.workspaceId, workspaceId)),
    expire: (id: string) =>
      harness.db
        .update(mediaUploads)
        .set({ expiresAt: new Date(Date.now() - 1_000) })
        .where(eq(mediaUploads.id, id)),
    staged: async (id: string) => {
      const body = await harness.services().objects.read(`${workspaceId}/uploads/${id}`);
      await body?.cancel();
      return body !== null;
    },
  };
}

const put = async (url: string, body: string | Uint8Array<ArrayBuffer>) => {
  const answer = await fetch(url, { method: 'PUT', body });
  await answer.body?.cancel();
  return answer.status;
};

describe('an upload to the storage', () => {
  test('is a file once it is completed, and the URL changes nothing of it', async () => {
    const own = await setUp();
    const { id, uploadUrl, expiresAt } = await own.begin(PDF.length, { filename: 'Plan' });
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(59 * 60_000);
    expect(await put(uploadUrl, PDF)).toBe(200);
    const file = { id, mimetype: 'application/pdf', filename: 'Plan.pdf', sizeBytes: PDF.length };
    const first = await own.complete(id);
    expect(first).toMatchObject({ status: 201, data: { ...file, direction: 'outbound' } });
    expect(await own.read(id)).toBe(PDF);
    await put(uploadUrl, '<html></html>');
    expect(await own.complete(id)).toMatchObject({ status: 201, data: file });
    expect(await own.read(id)).toBe(PDF);
    await harness.runScheduled();
    expect([await own.uploads(), await own.staged(id)]).toEqual([[], false]);
    expect(await own.read(id)).toBe(PDF);
    expect(await own.media()).toHaveLength(1);
  });

  test('completed twice at once is one file', async () => {
    const own = await setUp();
    const { id, uploadUrl } = await own.begin(PDF.length);
    await put(uploadUrl, PDF);
    const answers = await Promise.all([1, 2, 3].map(() => own.complete(id)));
    for (const answer of answers) expect(answer).toMatchObject({ status: 201, data: { id } });
    expect(await own.media()).toHaveLength(1);
    expect(await own.read(id)).toBe(PDF);
  });

  test.each([
    ['fewer', PDF.slice(1)],
    ['more', `${PDF}!`],
  ])('takes no %s bytes than were announced', async (_, body) => {
    const own = await setUp();
    const { id, uploadUrl } = await own.begin(PDF.length);
    expect(await put(uploadUrl, body)).toBe(403);
    expect(await own.complete(id)).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT', details: { reason: 'not_uploaded' } },
    });
  });

  test.each([
    ['another type than it says', PDF, { mimetype: 'image/png' }, 'type_mismatch'],
    ['another type than its name', PDF, { filename: 'a.png' }, 'type_mismatch'],
    ['half an image', PNG.slice(0, 40), {}, 'incomplete'],
  ])('of %s is refused, and can be made again', async (_, body, declared, reason) => {
    const own = await setUp();
    const { id, uploadUrl } = await own.begin(body.length, declared);
    await put(uploadUrl, body);
    for (const _time of [1, 2])
      expect(await own.complete(id)).toMatchObject({
        status: 422,
        error: { code: 'MEDIA_REJECTED', details: { reason } },
      });
    expect(await own.media()).toEqual([]);
    expect(await own.uploads()).toHaveLength(1);
  });

  test('that nobody completes is removed', async () => {
    const own = await setUp();
    const { id, uploadUrl } = await own.begin(PDF.length);
    await put(uploadUrl, PDF);
    await harness.runScheduled();
    expect(await own.staged(id)).toBe(true);
    await own.expire(id);
    expect(await own.complete(id)).toMatchObject({ status: 404 });
    await harness.runScheduled();
    expect([await own.uploads(), await own.staged(id)]).toEqual([[], false]);
  });

  test('of another workspace is not there', async () => {
    const own = await setUp();
    const { id, uploadUrl } = await own.begin(PDF.length);
    await put(uploadUrl, PDF);
    const other = await setUp();
    expect(await own.complete(id, other.key)).toMatchObject({ status: 404 });
    await own.complete(id);
    expect(await own.complete(id, other.key)).toMatchObject({ status: 404 });
  });

  test('is begun within the limits alone', async () => {
    const own = await setUp();
    const MB = 1024 * 1024;
    expect(await own.create({ sizeBytes: 256 * MB + 1 })).toMatchObject({ status: 422 });
    expect(await own.create({ sizeBytes: 0 })).toMatchObject({ status: 422 });
    for (let n = 0; n < 20; n += 1) await own.begin(256 * MB);
    expect(await own.create({ sizeBytes: 1 })).toMatchObject({
      status: 403,
      error: { code: 'LIMIT_EXCEEDED', message: expect.stringContaining('complete them') },
    });
    const { media } = harness.schema;
    const { workspaceId, create } = await setUp();
    const file = { mimetype: 'a/b', sizeBytes: 50 * 1024 * MB, sha256: '0', objectKey: 'full' };
    await harness.db
      .insert(media)
      .values({ id: workspaceId, workspaceId, direction: 'outbound', ...file });
    expect(await create({ sizeBytes: 1 })).toMatchObject({
      error: { code: 'LIMIT_EXCEEDED', details: { reason: 'media_quota' } },
    });
  });
});
