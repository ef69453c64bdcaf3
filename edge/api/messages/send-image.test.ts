import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, idOf, type NewSession } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp(session: Partial<NewSession> = {}) {
  const workspace = await harness.newWorkspace();
  const { workspaceId, apiKey } = workspace;
  const runner = harness.newRunner();
  await harness.newSession({ workspaceId, owner: runner.owner, isDefault: true, ...session });
  const { messages, media } = harness.schema;
  return {
    ...workspace,
    runner,
    send: (url: string, env: Record<string, unknown> = {}) =>
      harness.call('POST', '/v1/messages/image', {
        key: apiKey,
        body: { to: '+15550100001', url, caption: 'Look' },
        env,
      }),
    messages: () =>
      harness.opened(
        harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId)),
      ),
    media: () => harness.db.select().from(media).where(eq(media.workspaceId, workspaceId)),
  };
}

const data = (content: string): string =>
  `/data/photo.jpg?base64=${encodeURIComponent(btoa(content))}`;

/** The bytes behind a key, by the URL that a runner would be given. */
async function stored(key: string): Promise<Response> {
  return fetch(await harness.services().objects.presignGet(key, 60));
}

describe('an image by URL', () => {
  test.each(['/pixel.png', '/redirect/3'])('%s is fetched, stored and queued', async (path) => {
    const { send, messages, media, workspaceId } = await setUp();
    const answer = await send(`${harness.filesUrl}${path}`);
    expect(answer).toMatchObject({ status: 202, data: { type: 'image', status: 'queued' } });
    const [file] = await media();
    expect(file).toMatchObject({
      mimetype: 'image/png',
      sizeBytes: 70,
      objectKey: `${workspaceId}/media/${file?.id}`,
    });
    expect(await messages()).toMatchObject([
      {
        id: idOf(answer),
        mediaId: file?.id,
        content: { type: 'image', mediaId: file?.id, mimetype: 'image/png', caption: 'Look' },
      },
    ]);
    const bytes = await (await stored(file?.objectKey ?? '')).arrayBuffer();
    expect(bytes.byteLength).toBe(70);
  });

  test.each([
    ['/status/404', 'http_status'],
    ['/page.png', 'not_an_image'],
    ['/empty.png', 'empty'],
    [`/size/${16 * 1024 * 1024 + 1}`, 'too_large'],
    ['/redirect/4', 'unreachable'],
    ['/away?to=http://10.0.0.1/pixel.png', 'blocked'],
    ['/away?to=file:///etc/passwd', 'blocked'],
    ['/part/8', 'incomplete'],
    ['/part/40', 'incomplete'],
    ['/part/40?announce=70', 'incomplete'],
    ['/part/69?chunked', 'incomplete'],
    ['/part/70?announce=80', 'incomplete'],
    ['/part/40?announce=17000000', 'too_large'],
    [data(`\0\0\0\x18ftypheic\0\0\0\0mif1heic`), 'not_an_image'],
    [data('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'not_an_image'],
    [data('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'), 'not_an_image'],
    [data('%PDF-1.7'), 'not_an_image'],
    [data('BM......................'), 'not_an_image'],
    [
      data(`\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x4e\x20\0\0\x4e\x20\x08\x02\0\0\0....`),
      'too_large',
    ],
    ['/away?to=http://167772161/pixel.png', 'blocked'],
    ['/away?to=http://0x0a.1/pixel.png', 'blocked'],
    ['/away?to=http://012.0.0.1/pixel.png', 'blocked'],
    ['/away?to=http://[::ffff:10.0.0.1]/pixel.png', 'blocked'],
    ['/away?to=http://[::1]/pixel.png', 'blocked'],
    ['/away?to=http://169.254.169.254/latest/meta-data', 'blocked'],
  ])('%s is rejected as %s, and nothing is stored', async (path, reason) => {
    const { send, messages, media } = await setUp();
    expect(await send(`${harness.filesUrl}${path}`)).toMatchObject({
      status: 422,
      error: { code: 'MEDIA_REJECTED', details: { reason } },
    });
    expect([...(await messages()), ...(await media())]).toEqual([]);
  });

  test('says how much was announced and how much came', async () => {
    const { send } = await setUp();
    expect((await send(`${harness.filesUrl}/part/40?announce=70`)).error).toMatchObject({
      message: 'The server announced 70 bytes and sent 40.',
      details: { announcedBytes: 70, receivedBytes: 40 },
    });
    expect((await send(`${harness.filesUrl}/part/40?announce=17000000`)).error).toMatchObject({
      details: { announcedBytes: 17_000_000, limitBytes: 16 * 1024 * 1024 },
    });
  });

  test('a file whose server does not say its length is stored whole', async () => {
    const { send, media } = await setUp();
    expect(await send(`${harness.filesUrl}/part/70?chunked`)).toMatchObject({ status: 202 });
    const [file] = await media();
    expect(file).toMatchObject({ sizeBytes: 70 });
    expect((await (await stored(file?.objectKey ?? '')).arrayBuffer()).byteLength).toBe(70);
  });

  test('a workspace fetches few at once; beyond those that wait, more are refused', async () => {
    const { send, messages } = await setUp();
    const name = crypto.randomUUID();
    const refused = Promise.withResolvers<void>();
    let refusals = 0;
    const answers = Array.from({ length: 24 }, async () => {
      const answer = await send(`${harness.filesUrl}/held/${name}`);
      if (answer.status === 503 && (refusals += 1) === 4) refused.resolve();
      return answer;
    });
    await refused.promise;
    await fetch(`${harness.filesUrl}/release/${name}`);
    const settled = await Promise.all(answers);
    expect(settled.filter(({ status }) => status === 202)).toHaveLength(20);
    const busy = settled.filter(({ status }) => status !== 202);
    for (const { error, headers } of busy) {
      expect(error).toMatchObject({ code: 'UNAVAILABLE', details: { part: 'media' } });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await messages()).toHaveLength(20);
  });

  test('its file stays when the answer to its write is lost: the message may be queued', async () => {
    const { send, messages, media } = await setUp();
    const { origin } = new URL(harness.env.DATABASE_HTTP_URL ?? '');
    const database = await harness.tap(origin, { loseAnswersTo: 'image/png' });
    const env = { DATABASE_HTTP_URL: `${database.url}/sql` };
    expect(await send(`${harness.filesUrl}/pixel.png`, env)).toMatchObject({ status: 503 });
    expect(await messages()).toMatchObject([{ status: 'queued' }]);
    const [file] = await media();
    expect(await stored(file?.objectKey ?? '')).toMatchObject({ status: 200 });
  });

  test('the site learns who asks and what for, and names the file', async () => {
    const { send, messages } = await setUp();
    const name = crypto.randomUUID();
    const disposition = encodeURIComponent("inline; filename*=UTF-8''%E7%8C%AB.png");
    await send(`${harness.filesUrl}/${name}?disposition=${disposition}`);
    expect(await messages()).toMatchObject([{ content: { filename: '猫.png' } }]);
    const asked: unknown = await (await fetch(`${harness.filesUrl}/asked`)).json();
    expect(asked).toContainEqual({
      path: `/${name}`,
      headers: expect.objectContaining({
        'user-agent': 'Waypost-Media/1',
        accept: 'image/*,*/*;q=0.8',
      }),
    });
  });

  test('a private address is refused', async () => {
    const { send, messages } = await setUp();
    expect(await send(`${harness.filesUrl}/pixel.png`, { EGRESS_ALLOW: '' })).toMatchObject({
      status: 422,
      error: { code: 'MEDIA_REJECTED', details: { reason: 'blocked' } },
    });
    expect(await messages()).toEqual([]);
  });

  test('is not fetched for a session that is not ready', async () => {
    const { send, media } = await setUp({ status: 'qr' });
    const site = await harness.tap(harness.filesUrl);
    expect(await send(`${site.url}/pixel.png`)).toMatchObject({
      status: 409,
      error: { code: 'SESSION_NOT_READY' },
    });
    expect(await site.calls()).toEqual([]);
    expect(await media()).toEqual([]);
  });

  test('storage that is out of reach refuses it and writes nothing', async () => {
    const { send, messages, media } = await setUp();
    const env = { S3_ENDPOINT: 'http://127.0.0.1:9' };
    expect(await send(`${harness.filesUrl}/pixel.png`, env)).toMatchObject({
      status: 503,
      error: { code: 'UNAVAILABLE' },
    });
    expect([...(await messages()), ...(await media())]).toEqual([]);
  });
});
