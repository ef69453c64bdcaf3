import { Buffer } from 'node:buffer';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { EXAMPLE_FILES } from '../../../shared/catalogue/kinds/example-files.ts';
import { createHarness } from '../../testing/harness.ts';
import { liveSession } from '../../testing/live-session.ts';
import { plainCall } from '../../testing/plain-call.ts';

/* Sends whose file comes in a form, as Evolution's clients write one. */
const harness = await createHarness();
const call = plainCall(harness);
const SEND = '/compat/evolution/message';
const NUMBER = { number: '15550100001' };

type Sample = keyof typeof EXAMPLE_FILES;
type Fields = Readonly<Record<string, string>>;

async function setUp() {
  const session = await liveSession(harness);
  const { workspaceId, apiKey, name } = session;
  const { messages, media } = harness.schema;
  return {
    ...session,
    post: async (path: string, fields: Fields, sample: Sample, filename: string, more = {}) => {
      const form = new FormData();
      for (const [field, value] of Object.entries({ ...NUMBER, ...fields })) form.set(field, value);
      form.set('file', new Blob([Buffer.from(EXAMPLE_FILES[sample], 'base64')]), filename);
      const written = new Response(form);
      return call('POST', `${SEND}/${path}/${name}`, {
        body: new Uint8Array(await written.arrayBuffer()),
        headers: {
          apikey: apiKey,
          'content-type': written.headers.get('content-type') ?? '',
          ...more,
        },
      });
    },
    messages: () =>
      harness.opened(
        harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId)),
      ),
    files: () => harness.db.select().from(media).where(eq(media.workspaceId, workspaceId)),
  };
}

test.each<[string, Fields, Sample, string, string, object, object]>([
  [
    'sendMedia',
    { mediatype: 'image', caption: 'Look', delay: '1200' },
    'picture',
    'a.png',
    'image',
    { caption: 'Look' },
    { imageMessage: expect.objectContaining({ caption: 'Look', mimetype: 'image/png' }) },
  ],
  [
    'sendMedia',
    { mediatype: 'document', mentioned: '["15550100002@c.us"]' },
    'text',
    'Hello.txt',
    'document',
    { filename: 'Hello.txt', mentions: ['15550100002@c.us'] },
    { documentMessage: expect.objectContaining({ fileName: 'Hello.txt' }) },
  ],
  [
    'sendWhatsAppAudio',
    { encoding: 'true' },
    'speech',
    'a.ogg',
    'voice',
    {},
    { audioMessage: expect.objectContaining({ ptt: true }) },
  ],
  ['sendSticker', {}, 'picture', 'a.png', 'sticker', {}, { stickerMessage: expect.anything() }],
])('%s with %j takes a file', async (path, fields, sample, filename, type, content, message) => {
  const { post, messages, files } = await setUp();
  const answer = await post(path, fields, sample, filename);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201, body: { message } });
  const ignored = answer.headers.get('waypost-ignored');
  expect(ignored).toBe('delay' in fields ? 'delay' : null);
  const [file] = await files();
  expect(file?.sizeBytes).toBe(Buffer.from(EXAMPLE_FILES[sample], 'base64').length);
  expect(await messages()).toMatchObject([{ type, content: { ...content, mediaId: file?.id } }]);
});

test('the file of a form goes before one that is named', async () => {
  const { post, files } = await setUp();
  const fields = { mediatype: 'image', media: `${harness.filesUrl}/plan.pdf` };
  const { status, headers } = await post('sendMedia', fields, 'picture', 'a.png');
  expect(status).toBe(201);
  expect(headers.get('waypost-ignored')).toBe('media');
  expect(await files()).toMatchObject([{ mimetype: 'image/png' }]);
});

test.each<[string, string, Fields, Sample, object, number, string]>([
  ['a round video', 'sendMedia', { mediatype: 'ptv' }, 'clip', {}, 501, 'NOT_SUPPORTED'],
  ['a song as image', 'sendMedia', { mediatype: 'image' }, 'song', {}, 422, 'MEDIA_REJECTED'],
  ['a song as sticker', 'sendSticker', {}, 'song', {}, 422, 'MEDIA_REJECTED'],
  ['no recipient', 'sendSticker', { number: '' }, 'picture', {}, 400, 'VALIDATION_ERROR'],
  [
    'more than 65 MB',
    'sendWhatsAppAudio',
    {},
    'speech',
    { 'content-length': '69000000' },
    413,
    'PAYLOAD_TOO_LARGE',
  ],
])('%s is refused, and leaves nothing', async (_, path, fields, sample, headers, status, code) => {
  const { post, messages, files } = await setUp();
  const answer = await post(path, fields, sample, 'file', headers);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status, body: { status, code } });
  expect([...(await messages()), ...(await files())]).toEqual([]);
});

test('a form without a file says what is missing', async () => {
  const { apiKey, name } = await setUp();
  const body =
    '--x\r\nContent-Disposition: form-data; name="number"\r\n\r\n15550100001\r\n--x--\r\n';
  const headers = { apikey: apiKey, 'content-type': 'multipart/form-data; boundary=x' };
  expect(await call('POST', `${SEND}/sendMedia/${name}`, { body, headers })).toMatchObject({
    status: 400,
    body: { code: 'VALIDATION_ERROR', details: { fields: [{ field: 'file' }] } },
  });
});
