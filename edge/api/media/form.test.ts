import { Buffer } from 'node:buffer';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';

const PDF = '%PDF-1.7\nplan';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const MEBIBYTE = 1024 * 1024;
const BOUNDARY = 'a-boundary';

type Part = { name: string; content: string | Buffer; disposition?: string; type?: string };

const field = (name: string, content: string): Part => ({ name, content });
const file = (content: string | Buffer, filename = 'plan.pdf', type?: string): Part => ({
  name: 'file',
  content,
  disposition: `; filename="${filename}"`,
  ...(type !== undefined && { type }),
});
const TO = field('to', '+15550100001');

const formOf = (parts: readonly Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ name, content, disposition = '', type }) => [
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${disposition}\r\n` +
          `${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);

/** A form whose file has so many zeros, made while it is read. */
function formOfZeros(bytes: number): ReadableStream<Uint8Array> {
  const [head, tail] = formOf([TO, file('|', 'zeros.bin')])
    .toString()
    .split('|');
  let left = bytes;
  return new ReadableStream({
    start: (controller) => controller.enqueue(Buffer.from(head ?? '')),
    pull(controller) {
      const count = Math.min(left, 64 * 1024);
      left -= count;
      controller.enqueue(count === 0 ? Buffer.from(tail ?? '') : new Uint8Array(count));
      if (count === 0) controller.close();
    },
  });
}

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const workspace = await harness.newWorkspace();
  const { workspaceId, apiKey } = workspace;
  const { owner } = harness.newRunner();
  await harness.newSession({ workspaceId, owner, isDefault: true });
  const { messages, media } = harness.schema;
  const post = (
    path: string,
    body: readonly Part[] | Uint8Array | ReadableStream,
    { key = apiKey, headers = {} } = {},
  ) =>
    harness.call('POST', path, {
      key,
      body: Array.isArray(body) ? formOf(body) : body,
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
    });
  return {
    ...workspace,
    post,
    messages: () =>
      harness.opened(
        harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId)),
      ),
    media: () => harness.db.select().from(media).where(eq(media.workspaceId, workspaceId)),
    bytesOf: async (key: string) =>
      Buffer.from(await new Response(await harness.services().objects.read(key)).arrayBuffer()),
  };
}

const DOCUMENT = '/v1/messages/document';

describe('a form', () => {
  test.each([
    ['its file last', [TO, field('caption', 'true'), field('expiresIn', '600'), file(PDF)]],
    ['its file first', [file(PDF), TO, field('caption', 'true'), field('expiresIn', '600')]],
    [
      'its fields as JSON',
      [file(PDF), field('payload', '{"to":"+15550100001","caption":"true","expiresIn":600}')],
    ],
  ])('with %s is a send', async (_, parts) => {
    const { post, messages, media, bytesOf } = await setUp();
    expect(await post(DOCUMENT, parts)).toMatchObject({ status: 202, data: { type: 'document' } });
    const [stored] = await media();
    expect(stored).toMatchObject({ mimetype: 'application/pdf', sizeBytes: PDF.length });
    expect((await bytesOf(stored?.objectKey ?? '')).toString()).toBe(PDF);
    const [message] = await messages();
    expect(message?.content).toEqual({
      type: 'document',
      caption: 'true',
      mediaId: stored?.id,
      mimetype: 'application/pdf',
      filename: 'plan.pdf',
    });
    const { createdAt, expiresAt } = message ?? {};
    expect(Number(expiresAt) - Number(createdAt)).toBe(600_000);
  });

  test('has fields of every type', async () => {
    const { post, messages } = await setUp();
    const parts = [
      field('to', '120363000000000001@g.us'),
      field('mentions', '["+15550100002"]'),
      field('viewOnce', 'true'),
      field('caption', '猫'),
      file(PNG, 'a.png', 'image/png'),
    ];
    expect(await post('/v1/messages/image', parts)).toMatchObject({ status: 202 });
    expect((await messages())[0]?.content).toMatchObject({
      mentions: ['15550100002@c.us'],
      viewOnce: true,
      caption: '猫',
      mimetype: 'image/png',
    });
  });

  test.each([
    ['; filename="猫.pdf"', '猫.pdf'],
    [`; filename="x.pdf"; filename*=UTF-8''%E7%8C%AB%20a.pdf`, '猫 a.pdf'],
    ['; filename="../../etc/%22a%22"', 'a.pdf'],
    ['', 'file.pdf'],
  ])('whose file says%s is called %s', async (disposition, filename) => {
    const { post, media, messages } = await setUp();
    const part = { name: 'file', content: PDF, disposition };
    expect(await post('/v1/media', [part])).toMatchObject({ status: 201, data: { filename } });
    expect(await post(DOCUMENT, [part, TO, field('filename', 'Other')])).toMatchObject({
      status: 202,
    });
    expect((await media()).map((row) => row.filename)).toContain(filename);
    expect((await messages())[0]?.content).toMatchObject({ filename: 'Other.pdf' });
  });

  test('gives a file without a name the ending of its type', async () => {
    const { post, messages } = await setUp();
    const part = { name: 'file', content: '#!AMR\n....' };
    expect(await post('/v1/messages/audio', [part, TO, field('filename', 'Song')])).toMatchObject({
      status: 202,
    });
    expect((await messages())[0]?.content).toMatchObject({ filename: 'Song.amr' });
    const parts = [part, TO, field('filename', 'Song.wav')];
    expect(await post('/v1/messages/audio', parts)).toMatchObject({
      error: rejected('type_mismatch'),
    });
  });

  test('is the same request under its key, with the same file', async () => {
    const { post, messages, media } = await setUp();
    const headers = { 'idempotency-key': 'plan' };
    const first = await post(DOCUMENT, [TO, file(PDF)], { headers });
    expect(await post(DOCUMENT, [file(PDF), TO], { headers })).toMatchObject({
      status: 202,
      data: { id: idOf(first) },
    });
    for (const parts of [
      [TO, file(`${PDF}!`)],
      [TO, file(PDF, 'other.pdf')],
    ])
      expect(await post(DOCUMENT, parts, { headers })).toMatchObject({
        error: { code: 'IDEMPOTENCY_MISMATCH' },
      });
    expect([await messages(), await media()].map((rows) => rows.length)).toEqual([1, 1]);
  });

  test('is a reply of the kind that it names', async () => {
    const { post, messages, media, apiKey } = await setUp();
    const body = { to: '+15550100001', text: 'the plan?' };
    const question = await harness.call('POST', '/v1/messages/text', { key: apiKey, body });
    await harness.db
      .update(harness.schema.messages)
      .set({ wireId: '3EB0C431C26A1916E07A5D', status: 'sent' })
      .where(eq(harness.schema.messages.id, idOf(question)));
    const reply = `/v1/messages/${idOf(question)}/reply`;
    const headers = { 'idempotency-key': 'reply' };
    const parts = [field('type', 'image'), field('caption', 'true'), file(PNG, 'a.png')];
    const answer = await post(reply, parts, { headers });
    expect(answer).toMatchObject({ status: 202, data: { type: 'image' } });
    expect(await post(reply, parts.toReversed(), { headers })).toMatchObject({
      data: { id: idOf(answer) },
    });
    const [stored] = await media();
    const sent = (await messages()).find(({ id }) => id === idOf(answer));
    expect(sent).toMatchObject({
      quotedMessageId: idOf(question),
      mediaId: stored?.id,
      content: { type: 'image', caption: 'true', mimetype: 'image/png' },
    });
    for (const [refused, error] of [
      [[file(PNG, 'a.png')], invalid('type', 'the kind')],
      [[field('type', 'text'), file(PNG, 'a.png')], invalid('type', 'the kind')],
      [[field('type', 'image'), file(PDF)], rejected('type_mismatch')],
    ] as const)
      expect(await post(reply, refused)).toMatchObject({ status: 422, error });
    expect(await media()).toHaveLength(1);
  });

  test('with a file of 64 MB is stored in parts, and one of more is refused', async () => {
    const { post, media } = await setUp();
    expect(await post(DOCUMENT, formOfZeros(64 * MEBIBYTE))).toMatchObject({ status: 202 });
    expect(await media()).toMatchObject([{ sizeBytes: 64 * MEBIBYTE }]);
    expect(await post(DOCUMENT, formOfZeros(64 * MEBIBYTE + 1))).toMatchObject({
      status: 422,
      error: { code: 'MEDIA_REJECTED', details: { reason: 'too_large' } },
    });
    const headers = { 'content-length': String(66 * MEBIBYTE) };
    expect(await post(DOCUMENT, formOf([TO, file(PDF)]), { headers })).toMatchObject({
      status: 413,
    });
  }, 60_000);
});

const invalid = (fieldName: string, message: string) => ({
  code: 'VALIDATION_ERROR',
  details: { fields: [{ field: fieldName, message: expect.stringContaining(message) }] },
});
const rejected = (reason: string) => ({ code: 'MEDIA_REJECTED', details: { reason } });
const cut = (bytes: number) => formOf([TO, file(PDF)]).subarray(0, -bytes);

describe('a form that is refused leaves nothing', () => {
  test.each([
    ['without a file', [TO], invalid('file', 'is required')],
    ['with two files', [TO, file(PDF), file(PDF)], invalid('file', 'twice')],
    ['with a field twice', [TO, file(PDF), TO], invalid('to', 'twice')],
    [
      'with a file that is not `file`',
      [TO, { ...file(PDF), name: 'image' }, file(PDF)],
      invalid('image', '`file`'),
    ],
    [
      'with a url too',
      [TO, file(PDF), field('url', 'https://example.com/a')],
      invalid('url', 'one of'),
    ],
    [
      'with a payload and a field',
      [TO, field('payload', '{}'), file(PDF)],
      invalid('payload', 'all'),
    ],
    [
      'with a payload that is no object',
      [file(PDF), field('payload', '[]')],
      invalid('payload', 'object'),
    ],
    ['without `to`', [file(PDF)], invalid('to', 'is required')],
    [
      'with an unknown field',
      [TO, file(PDF), field('subject', 'x')],
      invalid('subject', 'not known'),
    ],
    ['with NUL in a field', [TO, file(PDF), field('caption', 'a\0')], invalid('caption', 'NUL')],
    [
      'with a field of more than 1 MB',
      [TO, field('caption', 'x'.repeat(MEBIBYTE)), file(PDF)],
      invalid('caption', 'too long'),
    ],
    [
      'to a channel',
      [field('to', '120363000000000001@newsletter'), file(PDF)],
      invalid('to', 'channel'),
    ],
    ['with a page named .pdf', [TO, file('<!doctype html>')], rejected('type_mismatch')],
    ['with a picture named .pdf', [TO, file(PNG)], rejected('type_mismatch')],
    [
      'with a picture declared as PDF',
      [TO, file(PNG, 'a', 'application/pdf')],
      rejected('type_mismatch'),
    ],
    [
      'with a name that contradicts the file',
      [TO, file(PDF), field('filename', 'plan.png')],
      rejected('type_mismatch'),
    ],
    ['with an empty file', [TO, file('')], rejected('empty')],
    ['cut off in its file', cut(30), rejected('incomplete')],
    ['cut off in its last boundary', cut(6), rejected('incomplete')],
    [
      'of another boundary',
      Buffer.from(
        formOf([TO, file(PDF)])
          .toString()
          .replaceAll(BOUNDARY, 'another'),
      ),
      invalid('', 'ends before'),
    ],
    ['of nothing', Buffer.from(''), invalid('', 'ends before')],
  ])('%s', async (_, body, error) => {
    const { post, messages, media } = await setUp();
    expect(await post(DOCUMENT, body)).toMatchObject({ status: 422, error });
    expect([...(await messages()), ...(await media())]).toEqual([]);
  });

  test('to upload, with a field', async () => {
    const { post, media } = await setUp();
    expect(await post('/v1/media', [file(PDF), field('caption', 'x')])).toMatchObject({
      status: 422,
      error: invalid('caption', 'not known'),
    });
    expect(await media()).toEqual([]);
  });

  test('where a message has no file', async () => {
    const { post } = await setUp();
    expect(await post('/v1/messages/text', [TO, field('text', 'x')])).toMatchObject({
      status: 415,
      error: { code: 'UNSUPPORTED_MEDIA_TYPE' },
    });
  });

  test.each(['/v1/media', DOCUMENT])('at %s, by a key without the scope', async (path) => {
    const { post, workspaceId, media } = await setUp();
    const { apiKey: key } = await harness.newKey(workspaceId, { scopes: ['messages:read'] });
    expect(await post(path, [file(PDF)], { key })).toMatchObject({
      status: 403,
      error: { code: 'FORBIDDEN' },
    });
    expect(await media()).toEqual([]);
  });
});
