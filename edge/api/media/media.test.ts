import { Buffer } from 'node:buffer';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';

const PDF = '%PDF-1.7\nplan';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const File = z.object({ id: z.string(), url: z.string(), expiresAt: z.iso.datetime() });

const lengthOf = (body: unknown): string =>
  String(body instanceof Uint8Array ? body.length : String(body).length);

/** A JSON body that says how long it is, as a large one has to. */
const withLength = (body: object) => {
  const text = JSON.stringify(body);
  return { body: text, headers: { 'content-length': lengthOf(text) } };
};

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const workspace = await harness.newWorkspace();
  const { workspaceId, apiKey } = workspace;
  const { owner } = harness.newRunner();
  const session = await harness.newSession({ workspaceId, owner, isDefault: true });
  const { messages, media } = harness.schema;
  return {
    ...workspace,
    session,
    upload: (
      body: unknown,
      { type = 'application/octet-stream', filename = '', key = apiKey } = {},
    ) =>
      harness.call('POST', `/v1/media${filename === '' ? '' : `?filename=${filename}`}`, {
        key,
        body,
        headers: {
          'content-type': type,
          ...(body instanceof ReadableStream ? {} : { 'content-length': lengthOf(body) }),
        },
      }),
    send: (kind: string, body: Record<string, unknown>, key = apiKey) =>
      harness.call('POST', `/v1/messages/${kind}`, {
        key,
        ...withLength({ to: '+15550100001', ...body }),
      }),
    messages: () =>
      harness.opened(
        harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId)),
      ),
    media: () => harness.db.select().from(media).where(eq(media.workspaceId, workspaceId)),
  };
}

describe('an upload', () => {
  test('is stored with its type and name, read, sent several times and deleted', async () => {
    const { upload, send, messages, apiKey } = await setUp();
    const answer = await upload(PDF, { filename: 'Plan' });
    expect(answer).toMatchObject({
      status: 201,
      data: { mimetype: 'application/pdf', filename: 'Plan.pdf', sizeBytes: PDF.length },
    });
    const { id, url, expiresAt } = File.parse(answer.data);
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now() + 23 * 3_600_000);

    const path = new URL(url).pathname;
    const read = await harness.request('GET', path, { key: apiKey });
    expect(await read.text()).toBe(PDF);
    expect(Object.fromEntries(read.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': 'attachment; filename=Plan.pdf',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
    });

    for (const source of [{ mediaId: id }, { url }])
      expect(await send('document', source)).toMatchObject({ status: 202 });
    expect(await send('document', { mediaId: id, filename: 'Other' })).toMatchObject({
      status: 202,
    });
    const content = { mediaId: id, mimetype: 'application/pdf', filename: 'Plan.pdf' };
    expect((await messages()).map((message) => message.content)).toEqual([
      { type: 'document', ...content },
      { type: 'document', ...content },
      { type: 'document', ...content, filename: 'Other.pdf' },
    ]);

    const remove = () => harness.call('DELETE', path, { key: apiKey });
    expect(await remove()).toMatchObject({ status: 409, error: { code: 'CONFLICT' } });
    await harness.db
      .update(harness.schema.messages)
      .set({ status: 'sent' })
      .where(eq(harness.schema.messages.mediaId, id));
    expect(await remove()).toMatchObject({ status: 200, data: { id, deleted: true } });
    expect(await remove()).toMatchObject({ status: 404 });
    expect(await send('document', { mediaId: id })).toMatchObject({
      status: 404,
      error: { code: 'NOT_FOUND' },
    });
  });

  test('of unknown length is stored too', async () => {
    const { upload } = await setUp();
    const stream = new Blob([PDF]).stream();
    expect(await upload(stream)).toMatchObject({ status: 201, data: { sizeBytes: PDF.length } });
  });

  test.each([
    ['nothing', new Uint8Array(), {}, 'empty'],
    ['another type than it says', PDF, { type: 'image/png' }, 'type_mismatch'],
    ['another type than its name', PDF, { filename: 'a.png' }, 'type_mismatch'],
    ['half an image', PNG.slice(0, 40), {}, 'incomplete'],
  ])('of %s is refused, and leaves nothing', async (_, body, options, reason) => {
    const { upload, media } = await setUp();
    expect(await upload(body, options)).toMatchObject({
      status: 422,
      error: { code: 'MEDIA_REJECTED', details: { reason } },
    });
    expect(await media()).toEqual([]);
  });

  test('larger than 64 MB is refused before it is read', async () => {
    const { upload } = await setUp();
    const answer = await harness.request('POST', '/v1/media', {
      key: (await setUp()).apiKey,
      body: PDF,
      headers: { 'content-length': String(64 * 1024 * 1024 + 1) },
    });
    expect(answer.status).toBe(413);
    expect(await upload(PDF)).toMatchObject({ status: 201 });
  });
});

describe('a stored file', () => {
  test('of another workspace, expired, unknown, or of a session beyond the key: is not there', async () => {
    const { upload, send, apiKey, workspaceId, media } = await setUp();
    const theirs = idOf(await (await setUp()).upload(PDF));
    const expired = idOf(await upload(PDF));
    const table = harness.schema.media;
    const past = new Date(Date.now() - 1_000);
    await harness.db.update(table).set({ expiresAt: past }).where(eq(table.id, expired));
    const other = await harness.newSession({ workspaceId });
    const ofOther = newId('media');
    const [row] = await media();
    const inbound = { id: ofOther, sessionId: other.id, expiresAt: null };
    if (row !== undefined) await harness.db.insert(table).values({ ...row, ...inbound });
    const { owner } = harness.newRunner();
    const mine = await harness.newSession({ workspaceId, owner });
    const { apiKey: pinned } = await harness.newKey(workspaceId, { sessionId: mine.id });
    const cases = [
      [theirs, apiKey],
      [expired, apiKey],
      [newId('media'), apiKey],
      ['nonsense', apiKey],
      [ofOther, pinned],
    ] as const;
    for (const [mediaId, key] of cases) {
      expect(await send('document', { mediaId }, key), mediaId).toMatchObject({
        status: 404,
        error: { code: 'NOT_FOUND' },
      });
      const read = await harness.call('GET', `/v1/media/${mediaId}`, { key });
      expect(read, mediaId).toMatchObject({ status: 404 });
    }
    expect(await send('document', { mediaId: ofOther })).toMatchObject({ status: 202 });
  });

  test('is refused for a kind that does not take it', async () => {
    const { upload, send } = await setUp();
    const mediaId = idOf(await upload(PDF));
    expect(await send('image', { mediaId })).toMatchObject({
      status: 422,
      error: { code: 'MEDIA_REJECTED', details: { reason: 'type_mismatch' } },
    });
    const picture = idOf(await upload(PNG));
    expect(await send('image', { mediaId: picture })).toMatchObject({ status: 202 });
    expect(await send('sticker', { mediaId: picture })).toMatchObject({ status: 202 });
  });

  test.each([
    ['Plan.pdf', 'Offer.png', 422, PDF],
    ['Plan.pdf', 'Offer.csv', 422, PDF],
    ['Plan.pdf', 'Offer.PDF', 202, PDF],
    ['Plan.pdf', 'Offer no.7', 202, PDF],
    ['Plan.pdf', 'Offer', 202, PDF],
    ['', 'Offer.pdf', 422, PNG],
    ['', 'Offer.png', 202, PNG],
    ['a.csv', 'list.txt', 202, 'a;b'],
    ['a.csv', 'list.pdf', 422, 'a;b'],
  ])('named "%s" and sent as %s is %i', async (filename, name, status, content) => {
    const { upload, send } = await setUp();
    const mediaId = idOf(await upload(content, { filename }));
    const answer = await send('document', { mediaId, filename: name });
    const error = { code: 'MEDIA_REJECTED', details: { reason: 'type_mismatch' } };
    expect(answer).toMatchObject({ status, ...(status === 422 && { error }) });
  });

  test('goes once it has expired, unless a message still needs it', async () => {
    const { upload, send, media } = await setUp();
    const [free, needed] = [idOf(await upload(PDF)), idOf(await upload(PDF))];
    await send('document', { mediaId: needed });
    const table = harness.schema.media;
    const [row] = await media();
    await harness.db
      .update(table)
      .set({ expiresAt: new Date(Date.now() - 61_000) })
      .where(eq(table.workspaceId, row?.workspaceId ?? ''));
    await harness.runScheduled();
    expect((await media()).map(({ id }) => id)).toEqual([needed]);
    const { objects } = harness.services();
    expect(await objects.read(`${row?.workspaceId}/media/${free}`)).toBeNull();
  });
});

describe('a source', () => {
  const base64 = PNG.toString('base64');
  const urlSafe = PNG.toString('base64url');

  test.each([
    ['plain', base64],
    ['a data URI', `data:image/png;base64,${base64}`],
    ['a data URI with parameters', `data:image/png;name=a.png;base64,${base64}`],
    ['with blanks and line breaks', ` ${base64.replaceAll(/.{20}/g, '$&\r\n ')}\n`],
    ['of the URL-safe alphabet, without padding', urlSafe],
    ['declared as what it is', base64, 'image/png'],
  ])('of base64, %s, is understood', async (_, text, mimetype?: string) => {
    const { send, media } = await setUp();
    const body = { base64: text, ...(mimetype === undefined ? {} : { mimetype }) };
    expect(await send('image', body)).toMatchObject({ status: 202 });
    expect(await media()).toMatchObject([{ mimetype: 'image/png', sizeBytes: PNG.length }]);
  });

  test.each([
    ['no base64', { base64: 'hello!' }, 'VALIDATION_ERROR'],
    ['cut off', { base64: 'aGVsbG8aa' }, 'VALIDATION_ERROR'],
    ['a data URI in plain text', { base64: 'data:text/plain,hello' }, 'VALIDATION_ERROR'],
    ['a data URI without a comma', { base64: 'data:image/png' }, 'VALIDATION_ERROR'],
    ['nothing', { base64: '====' }, 'VALIDATION_ERROR'],
    ['blanks', { base64: '   ' }, 'MEDIA_REJECTED'],
    ['a page', { base64: btoa('<!doctype html>') }, 'MEDIA_REJECTED'],
    ['a wrong declared type', { base64, mimetype: 'image/jpeg' }, 'MEDIA_REJECTED'],
    ['a wrong data URI', { base64: `data:image/jpeg;base64,${base64}` }, 'MEDIA_REJECTED'],
    ['none', {}, 'VALIDATION_ERROR'],
    ['two', { base64, mediaId: 'med_1' }, 'VALIDATION_ERROR'],
    ['all three', { base64, mediaId: 'med_1', url: 'https://example.com/a' }, 'VALIDATION_ERROR'],
  ])('that is %s is refused', async (_, body, code) => {
    const { send, messages, media } = await setUp();
    expect(await send('image', body)).toMatchObject({ status: 422, error: { code } });
    expect([...(await messages()), ...(await media())]).toEqual([]);
  });

  test('of base64 has 8 MB at most', async () => {
    const { send } = await setUp();
    const zeros = (bytes: number) => 'A'.repeat((bytes / 3) * 4);
    expect(await send('document', { base64: zeros(8_388_606) })).toMatchObject({ status: 202 });
    expect(await send('document', { base64: zeros(8_388_609) })).toMatchObject({
      status: 422,
      error: { code: 'MEDIA_REJECTED', details: { reason: 'too_large' } },
    });
  });

  test('that is repeated under its key is the same file, however long', async () => {
    const { apiKey, messages } = await setUp();
    const post = (text: string) =>
      harness.call('POST', '/v1/messages/image', {
        key: apiKey,
        body: { to: '+15550100001', base64: text },
        headers: { 'idempotency-key': 'picture' },
      });
    const first = await post(base64);
    expect(await post(base64)).toMatchObject({ status: 202, data: { id: idOf(first) } });
    expect(await post(`${base64}\n`)).toMatchObject({ error: { code: 'IDEMPOTENCY_MISMATCH' } });
    expect(await messages()).toHaveLength(1);
  });
});
