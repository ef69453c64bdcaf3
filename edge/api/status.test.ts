import { Buffer } from 'node:buffer';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { EXAMPLE_FILES } from '../../shared/catalogue/kinds/example-files.ts';
import { newId } from '../../shared/ids.ts';
import { createHarness, type Harness, idOf, type NewSession } from '../testing/harness.ts';
import { liveSession } from '../testing/live-session.ts';

const { picture, clip, text } = EXAMPLE_FILES;
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const said = { type: 'image', caption: 'Look' };
const image = { ...said, base64: picture };
const PNG = { mimetype: 'image/png', caption: 'Look' };
const Asked = z.object({
  fileUrl: z.string(),
  mimetype: z.string(),
  caption: z.string().nullable(),
});

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp(change?: Partial<NewSession>) {
  const session = await liveSession(harness, change);
  const { apiKey: key, call, runner, workspaceId } = session;
  return {
    ...session,
    post: (body: object) => call('POST', '/status', body),
    form: async (fields: Record<string, string>, base64: string) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      body.set('file', new Blob([Buffer.from(base64, 'base64')]), 'a.bin');
      const form = new Response(body);
      const headers = { 'content-type': form.headers.get('content-type') ?? '' };
      const sent = { key, headers, body: new Uint8Array(await form.arrayBuffer()) };
      return harness.call('POST', '/v1/status', sent);
    },
    upload: async (base64: string) =>
      idOf(await call('POST', '/media', new Uint8Array(Buffer.from(base64, 'base64')))),
    fill: () =>
      harness.db.insert(harness.schema.media).values({
        id: newId('media'),
        workspaceId,
        direction: 'outbound',
        objectKey: `${workspaceId}/media/large`,
        mimetype: 'application/pdf',
        sizeBytes: 1024 ** 4,
        sha256: '0',
      }),
    files: async () => z.array(z.unknown()).parse((await call('GET', '/media')).data).length,
    asked: async () => (await runner.calls()).filter(({ name }) => name === 'postStatus'),
  };
}
type Own = Awaited<ReturnType<typeof setUp>>;

describe('a file as a status', () => {
  test.each<[string, string, object, (own: Own) => ReturnType<Own['post']>]>([
    ['an image as base64', picture, PNG, ({ post }) => post(image)],
    [
      'a video as base64',
      clip,
      { mimetype: 'video/mp4', caption: null },
      ({ post }) => post({ type: 'video', base64: clip }),
    ],
    [
      'an image by URL',
      PIXEL,
      PNG,
      ({ post }) => post({ ...said, url: `${harness.filesUrl}/pixel.png` }),
    ],
    [
      'an image that was uploaded',
      picture,
      PNG,
      async ({ post, upload }) => post({ ...said, mediaId: await upload(picture) }),
    ],
    ['an image in a form', picture, PNG, ({ form }) => form(said, picture)],
  ])('%s is handed to the session, and kept', async (_, base64, shown, send) => {
    const own = await setUp();
    const answer = await send(own);
    expect(answer).toMatchObject({ status: 201, data: { wireId: expect.any(String) } });
    expect(answer.meta).toMatchObject({ sessionId: own.id, sessionName: own.name });
    const [call, ...more] = await own.asked();
    expect(more).toEqual([]);
    const { fileUrl, ...rest } = Asked.parse(call?.body);
    expect(rest).toEqual(shown);
    const stored = await (await fetch(fileUrl)).arrayBuffer();
    expect(Buffer.from(stored).toString('base64')).toBe(base64);
    expect(await own.files()).toBe(1);
  });

  test.each<[string, object, number, string]>([
    ['is no image', { ...said, base64: text }, 422, 'MEDIA_REJECTED'],
    ['is a video and no image', { ...said, base64: clip }, 422, 'MEDIA_REJECTED'],
    ['is unknown', { ...said, mediaId: newId('media') }, 404, 'NOT_FOUND'],
    ['is missing', said, 422, 'VALIDATION_ERROR'],
    ['comes twice', { ...image, url: 'https://example.com/a.png' }, 422, 'VALIDATION_ERROR'],
    ['has a color', { ...image, color: '#7acca5' }, 422, 'VALIDATION_ERROR'],
    ['comes with a text', { text: 'Open', base64: picture }, 422, 'VALIDATION_ERROR'],
    ['is a document', { type: 'document', base64: text }, 422, 'VALIDATION_ERROR'],
  ])('that %s is refused', async (_, body, status, code) => {
    const own = await setUp();
    expect(await own.post(body)).toMatchObject({ status, error: { code } });
    expect(await own.asked()).toEqual([]);
    expect(await own.files()).toBe(0);
  });

  test('that was uploaded must be of its kind', async () => {
    const { post, upload, asked } = await setUp();
    const body = { ...said, mediaId: await upload(text) };
    expect(await post(body)).toMatchObject({ status: 422, error: { code: 'MEDIA_REJECTED' } });
    expect(await asked()).toEqual([]);
  });

  test('that WhatsApp Web cannot read goes again', async () => {
    const { post, runner, asked, files } = await setUp();
    const error = { code: 'MEDIA_REJECTED', message: 'WhatsApp Web cannot read the file.' };
    await runner.script({ postStatus: { status: 422, body: { ok: false, error } } });
    expect(await post(image)).toMatchObject({ status: 422, error });
    expect(await asked()).toHaveLength(1);
    expect(await files()).toBe(0);
  });

  test('is not fetched for a session that is not online', async () => {
    const { post, files } = await setUp({ status: 'disconnected' });
    const url = `${harness.filesUrl}/unreachable.png`;
    expect(await post({ ...said, url })).toMatchObject({
      status: 409,
      error: { code: 'SESSION_NOT_READY' },
    });
    expect(await files()).toBe(0);
  });

  test('counts against the tier', async () => {
    const { post, form, fill, asked, files } = await setUp();
    await fill();
    for (const answer of [await post(image), await form(said, picture)])
      expect(answer).toMatchObject({
        error: { code: 'LIMIT_EXCEEDED', details: { reason: 'media_quota' } },
      });
    expect(await asked()).toEqual([]);
    expect(await files()).toBe(1);
  });
});
