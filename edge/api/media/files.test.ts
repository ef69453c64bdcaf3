import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { linkTo } from '../../media/file-link.ts';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';

const TEXT = 'hello, world';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const upload = async (body: string, filename = 'a.txt') =>
    idOf(
      await harness.call('POST', `/v1/media?filename=${filename}`, {
        key: apiKey,
        body,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(body.length),
        },
      }),
    );
  const { media } = harness.schema;
  return {
    workspaceId,
    key: apiKey,
    upload,
    change: (id: string, change: Partial<typeof media.$inferInsert>) =>
      harness.db.update(media).set(change).where(eq(media.id, id)),
    /** The path of a link as it is asked for. */
    link: async (id: string, query = '') => {
      const answer = await harness.call('GET', `/v1/media/${id}/link${query}`, { key: apiKey });
      const { url, expiresAt } = z
        .object({ url: z.string(), expiresAt: z.iso.datetime() })
        .parse(answer.data);
      const { pathname, search } = new URL(url);
      return { path: pathname + search, expiresAt: Date.parse(expiresAt) };
    },
  };
}

/** Both doors to a file: with a credential, and by a link. */
const doors = {
  '/v1/media/{id}': async (own: Awaited<ReturnType<typeof setUp>>, id: string) => ({
    path: `/v1/media/${id}`,
    options: { key: own.key },
  }),
  '/files/{id}': async (own: Awaited<ReturnType<typeof setUp>>, id: string) => ({
    path: (await own.link(id)).path,
    options: {},
  }),
};

describe.each(Object.entries(doors))('a file at %s', (_, door) => {
  const open = async (method: string, headers: Record<string, string> = {}) => {
    const own = await setUp();
    const { path, options } = await door(own, await own.upload(TEXT));
    const answer = await harness.request(method, path, { ...options, headers });
    return {
      status: answer.status,
      text: await answer.text(),
      length: answer.headers.get('content-length'),
      range: answer.headers.get('content-range'),
      etag: answer.headers.get('etag') ?? '',
    };
  };

  test.each([
    ['bytes=0-4', 'hello', 'bytes 0-4/12'],
    ['bytes=7-', 'world', 'bytes 7-11/12'],
    ['bytes=-5', 'world', 'bytes 7-11/12'],
    ['bytes=7-99', 'world', 'bytes 7-11/12'],
    ['bytes=-99', TEXT, 'bytes 0-11/12'],
  ])('answers %s', async (range, text, contentRange) => {
    const length = String(text.length);
    const expected = { status: 206, text, length, range: contentRange };
    expect(await open('GET', { range })).toMatchObject(expected);
  });

  test.each(['bytes=0-1,3-4', 'bytes=5-2', 'lines=1-2', 'bytes=-', 'x'])(
    'answers %s with the whole',
    async (range) => {
      expect(await open('GET', { range })).toMatchObject({ status: 200, text: TEXT, range: null });
    },
  );

  test.each(['bytes=12-', 'bytes=-0'])('refuses %s, which is beyond its end', async (range) => {
    expect(await open('GET', { range })).toMatchObject({ status: 416, range: 'bytes */12' });
  });

  test('answers a range of another version with the whole', async () => {
    const { etag } = await open('GET');
    const range = 'bytes=0-4';
    expect(await open('GET', { range, 'if-range': etag })).toMatchObject({ status: 206 });
    expect(await open('GET', { range, 'if-range': '"other"' })).toMatchObject({ status: 200 });
  });

  test('answers HEAD with its length alone', async () => {
    expect(await open('HEAD')).toMatchObject({ status: 200, text: '', length: '12' });
  });

  test('is not found when the storage has lost its object', async () => {
    const own = await setUp();
    const id = await own.upload(TEXT);
    const { path, options } = await door(own, id);
    const { media } = harness.schema;
    const [row] = await harness.db.select().from(media).where(eq(media.id, id));
    await harness.services().objects.delete(row?.objectKey ?? '');
    for (const headers of [{}, { range: 'bytes=0-4' }]) {
      const answer = await harness.request('GET', path, { ...options, headers });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { code: 'NOT_FOUND' } });
    }
  });

  test.each([
    ['text/html', 'application/octet-stream'],
    ['TEXT/HTML; charset=utf-8', 'application/octet-stream'],
    ['image/svg+xml', 'application/octet-stream'],
    ['application/xhtml+xml', 'application/octet-stream'],
    ['text/javascript', 'application/octet-stream'],
    ['évil/type\r\nx: y', 'application/octet-stream'],
    ['text/html ', 'application/octet-stream'],
    ['image/png', 'image/png'],
    ['audio/ogg; codecs=opus', 'audio/ogg; codecs=opus'],
    [
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
  ])('that is said to be %j is served as %s, to be saved', async (mimetype, served) => {
    const own = await setUp();
    const id = await own.upload('<script>alert(1)</script>');
    await own.change(id, { mimetype });
    const { path, options } = await door(own, id);
    const answer = await harness.request('GET', path, options);
    await answer.text();
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': served,
      'content-disposition': 'attachment; filename=a.txt',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers.has('set-cookie')).toBe(false);
  });
});

describe('a link', () => {
  test('works for as long as it is asked for, at most until the file goes', async () => {
    const own = await setUp();
    const id = await own.upload(TEXT);
    const lasts = async (query: string) => (await own.link(id, query)).expiresAt - Date.now();
    expect(Math.round((await lasts('')) / 60_000)).toBe(60);
    expect(Math.round((await lasts('?expiresInSeconds=120')) / 1000)).toBeLessThanOrEqual(120);
    expect(await lasts('?expiresInSeconds=604800')).toBeLessThan(49 * 3_600_000);
    const tooLong = `/v1/media/${id}/link?expiresInSeconds=604801`;
    expect((await harness.call('GET', tooLong, { key: own.key })).status).toBe(422);
  });

  test('that expired, was altered or is of another file leads nowhere', async () => {
    const own = await setUp();
    const [id, other] = [await own.upload(TEXT), await own.upload(TEXT)];
    const { path } = await own.link(id);
    const past = new URL(linkTo(harness.env, id, Math.floor(Date.now() / 1000)));
    const altered = [
      past.pathname + past.search,
      path.replace(id, other),
      path.replace(/expires=\d/, 'expires=9'),
      path.replace(/signature=.*/, 'signature='),
      path.slice(0, -1),
      `/files/${id}`,
    ];
    for (const one of altered) expect((await harness.request('GET', one)).status, one).toBe(404);
    expect((await harness.request('GET', path)).status).toBe(200);
  });

  test('ends with its file, and while the workspace is suspended', async () => {
    const own = await setUp();
    const id = await own.upload(TEXT);
    const { path } = await own.link(id);
    const status = async () => (await harness.request('GET', path)).status;
    const { workspaces } = harness.schema;
    const setActive = (isActive: boolean) =>
      harness.db.update(workspaces).set({ isActive }).where(eq(workspaces.id, own.workspaceId));
    await setActive(false);
    expect(await status()).toBe(404);
    await setActive(true);
    expect(await status()).toBe(200);
    await harness.call('DELETE', `/v1/media/${id}`, { key: own.key });
    expect(await status()).toBe(404);
  });

  test('is its file in a send, too', async () => {
    const own = await setUp();
    const { owner } = harness.newRunner();
    await harness.newSession({ workspaceId: own.workspaceId, owner, isDefault: true });
    const { path } = await own.link(await own.upload(TEXT));
    const url = `${harness.env.BASE_URL.replace(/\/$/, '')}${path}`;
    const body = { to: '+15550100001', url };
    const answer = await harness.call('POST', '/v1/messages/document', { key: own.key, body });
    expect(answer).toMatchObject({ status: 202 });
  });
});

describe('the list of files', () => {
  test('has filters, and leaves out what has expired', async () => {
    const own = await setUp();
    const { owner } = harness.newRunner();
    const session = await harness.newSession({ workspaceId: own.workspaceId, owner });
    const [plan, voice, picture, expired] = [
      await own.upload(TEXT, 'plan.txt'),
      await own.upload(TEXT),
      await own.upload(TEXT),
      await own.upload(TEXT),
    ];
    const received = { direction: 'inbound', sessionId: session.id } as const;
    await own.change(voice, { ...received, mimetype: 'audio/ogg; codecs=opus' });
    await own.change(picture, { ...received, mimetype: 'image/png' });
    await own.change(expired, { expiresAt: new Date() });
    const list = async (query: string) => {
      const { data } = await harness.call('GET', `/v1/media${query}`, { key: own.key });
      return z
        .array(z.object({ id: z.string() }))
        .parse(data)
        .map(({ id }) => id);
    };
    expect(await list('')).toEqual([picture, voice, plan]);
    expect(await list('?direction=outbound')).toEqual([plan]);
    expect(await list(`?sessionId=${session.name}`)).toEqual([picture, voice]);
    expect(await list('?type=audio')).toEqual([voice]);
    expect(await list('?type=document')).toEqual([plan]);
    expect(await list('?direction=inbound&type=image')).toEqual([picture]);
    const answer = await harness.call('GET', '/v1/media?type=document', { key: own.key });
    expect(answer.data).toMatchObject([
      { id: plan, sessionId: null, direction: 'outbound', filename: 'plan.txt', sizeBytes: 12 },
    ]);
  });

  test('shows a key only files of sessions that it reaches', async () => {
    const own = await setUp();
    const { workspaceId } = own;
    const [mine, other] = [
      await harness.newSession({ workspaceId }),
      await harness.newSession({ workspaceId }),
    ];
    const { apiKey: key } = await harness.newKey(workspaceId, { sessionId: mine.id });
    const [ofMine, ofOther] = [await own.upload(TEXT), await own.upload(TEXT)];
    await own.change(ofMine, { sessionId: mine.id });
    await own.change(ofOther, { sessionId: other.id });
    expect((await harness.call('GET', '/v1/media', { key })).data).toMatchObject([{ id: ofMine }]);
    const link = await harness.call('GET', `/v1/media/${ofOther}/link`, { key });
    expect(link).toMatchObject({ status: 404 });
    const remove = await harness.call('DELETE', `/v1/media/${ofOther}`, { key });
    expect(remove).toMatchObject({ status: 404 });
  });
});
