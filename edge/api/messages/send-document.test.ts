import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../../testing/harness.ts';

const MEBIBYTE = 1024 * 1024;

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const { owner } = harness.newRunner();
  await harness.newSession({ workspaceId, owner, isDefault: true });
  const { messages, media } = harness.schema;
  return {
    send: (path: string, body: Record<string, unknown> = {}) =>
      harness.call('POST', '/v1/messages/document', {
        key: apiKey,
        body: { to: '+15550100001', url: `${harness.filesUrl}${path}`, ...body },
      }),
    messages: () =>
      harness.opened(
        harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId)),
      ),
    media: () => harness.db.select().from(media).where(eq(media.workspaceId, workspaceId)),
  };
}

const data = (name: string, content: string) =>
  `/data/${name}?base64=${encodeURIComponent(btoa(content))}`;

test.each([
  [data('plan.pdf', '%PDF-1.7'), {}, 'application/pdf', 'plan.pdf'],
  [data('plan.pdf', '%PDF-1.7'), { filename: 'Plan' }, 'application/pdf', 'Plan.pdf'],
  [data('1', '%PDF-1.7'), {}, 'application/pdf', 'file.pdf'],
  [data('a.csv', 'a;b'), { caption: 'Look' }, 'text/csv', 'a.csv'],
  [data('a.csv', 'a;b'), { filename: '../../\u202eevil\u0007 .csv' }, 'text/csv', 'evil .csv'],
  ['/pixel.png', {}, 'image/png', 'pixel.png'],
  [data('photo.jpg', '\x89PNG\r\n\x1a\n....'), {}, 'image/png', 'photo.png'],
])('%s with %j is %s, %s', async (path, body, mimetype, filename) => {
  const { send, messages, media } = await setUp();
  expect(await send(path, body)).toMatchObject({ status: 202, data: { type: 'document' } });
  expect(await media()).toMatchObject([{ mimetype, filename }]);
  expect(await messages()).toMatchObject([{ content: { ...body, mimetype, filename } }]);
});

test.each([
  [data('plan.pdf', '<!doctype html><title>404</title>'), {}],
  [data('plan', '<!doctype html><title>404</title>'), { filename: 'plan.pdf' }],
  [data('plan', 'hello'), { filename: 'photo.jpg' }],
  ['/pixel.png', { filename: 'plan.pdf' }],
])('%s with %j is refused, since it is no such file', async (path, body) => {
  const { send, messages, media } = await setUp();
  expect(await send(path, body)).toMatchObject({
    status: 422,
    error: { code: 'MEDIA_REJECTED', details: { reason: 'type_mismatch' } },
  });
  expect([...(await messages()), ...(await media())]).toEqual([]);
});

// The site says no length: it is stored in parts.
test('a file of several parts is stored whole', async () => {
  const { send, media } = await setUp();
  expect(await send(`/size/${12 * MEBIBYTE}`)).toMatchObject({ status: 202 });
  const [file] = await media();
  expect(file).toMatchObject({ sizeBytes: 12 * MEBIBYTE });
  const url = await harness.services().objects.presignGet(file?.objectKey ?? '', 60);
  const stored = await fetch(url);
  expect(stored.headers.get('content-length')).toBe(String(12 * MEBIBYTE));
  const digest = new crypto.DigestStream('SHA-256');
  await stored.body?.pipeTo(digest);
  const hex = Array.from(new Uint8Array(await digest.digest), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  expect(hex).toBe(file?.sha256);
});

test('a file of more than 64 MB is refused', async () => {
  const { send } = await setUp();
  expect(await send(`/part/40?announce=${64 * MEBIBYTE + 1}`)).toMatchObject({
    error: { code: 'MEDIA_REJECTED', details: { reason: 'too_large' } },
  });
});

test('no channel takes a document', async () => {
  const { send } = await setUp();
  expect(await send('/pixel.png', { to: '120363000000000001@newsletter' })).toMatchObject({
    status: 422,
    error: { details: { fields: [{ field: 'to' }] } },
  });
});
