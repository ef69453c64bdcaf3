import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statusOf } from '../testing/status-of.ts';
import { visitorLink } from '../visitors.ts';
import { boxUrl } from './box-url.ts';
import { startInspector } from './server.ts';
import { openInspectorStore } from './store.ts';
import type { RequestView } from './view.ts';

const secret = 'a-visitor-secret';
let dataDir: string;
let inspector: Awaited<ReturnType<typeof startInspector>>;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'waypost-inspector-'));
  inspector = await startInspector({ port: 0, dataDir, secret });
});
afterEach(async () => {
  await inspector.close();
  await rm(dataDir, { recursive: true });
});

/** As the holder of the secret; what is below `/in/<box>` goes to the box's URL, as a sender has it. */
const send = (path: string, init: RequestInit = { method: 'POST', body: '{}' }) => {
  const [, box, rest = ''] = /^\/in\/([\w-]+)(.*)$/.exec(path) ?? [];
  if (box !== undefined) return fetch(`${boxUrl(inspector.url, secret, box)}${rest}`, init);
  const headers = { authorization: `Bearer ${secret}` };
  return fetch(`${inspector.url}${path}`, { ...init, headers });
};
const put = (path: string, value: unknown) =>
  send(path, { method: 'PUT', body: JSON.stringify(value) });
async function requests(box: string, query = ''): Promise<RequestView[]> {
  const response = await send(`/api/boxes/${box}/requests${query}`, { method: 'GET' });
  expect(response.status).toBe(200);
  const answer = (await response.json()) as { requests: RequestView[] };
  return answer.requests;
}

test('records method, path, headers, raw body and time, and answers 200', async () => {
  const before = Date.now();
  const response = await send('/in/orders/a//b?x=1%202', {
    method: 'PATCH',
    body: '{"type":"message.sent", "n": 1.0}',
    headers: { 'X-One': '1', 'content-type': 'application/json' },
  });
  expect([response.status, await response.text()]).toEqual([200, '']);
  const [got] = await requests('orders');
  expect(got).toMatchObject({
    method: 'PATCH',
    path: '/a//b?x=1%202',
    body: '{"type":"message.sent", "n": 1.0}',
    eventType: 'message.sent',
    status: 200,
    signature: { xSignature: 'unchecked', standardWebhooks: 'unchecked' },
  });
  expect(got?.headers).toMatchObject({ 'x-one': '1', 'content-type': 'application/json' });
  expect(Date.parse(got?.receivedAt ?? '')).toBeGreaterThanOrEqual(before);
});

test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('takes %s too', async (method) => {
  await send('/in/any', { method });
  expect((await requests('any')).map((one) => one.method)).toEqual([method]);
});

test('a body that is not text is kept byte for byte', async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
  await send('/in/bytes', { method: 'POST', body: bytes });
  const [got] = await requests('bytes');
  expect(got?.bodyBase64).toBe(bytes.toString('base64'));
  expect(got).not.toHaveProperty('body');
});

test('a long poll returns what comes next, in order, and nothing of other boxes', async () => {
  await send('/in/a', { method: 'POST', body: 'first' });
  const [first] = await requests('a');
  const waiting = requests('a', `?after=${first?.id ?? 0}&wait=30`);
  await send('/in/b', { method: 'POST', body: 'other box' });
  await send('/in/a', { method: 'POST', body: 'second' });
  expect((await waiting).map((one) => one.body)).toEqual(['second']);
  expect((await requests('a')).map((one) => one.body)).toEqual(['first', 'second']);
  expect(await requests('a', '?after=999999')).toEqual([]);
});

test('closing answers those who wait', async () => {
  const waiting = requests('quiet', '?wait=30');
  // The poll is known to be waiting once a later request on another box has been answered.
  await send('/in/other');
  await inspector.close();
  expect(await waiting).toEqual([]);
  inspector = await startInspector({ port: 0, dataDir, secret });
});

test('failFirst fails so many, then answers 200; the count survives a restart', async () => {
  await put('/api/boxes/flaky/behaviour', { failFirst: 2 });
  expect((await send('/in/flaky')).status).toBe(500);
  await inspector.close();
  inspector = await startInspector({ port: 0, dataDir, secret });
  expect((await send('/in/flaky')).status).toBe(500);
  expect((await send('/in/flaky')).status).toBe(200);
  expect((await requests('flaky')).map((one) => one.status)).toEqual([500, 500, 200]);
});

test('answers with the status, headers and delay that are set', async () => {
  await put('/api/boxes/busy/behaviour', {
    status: 429,
    headers: { 'Retry-After': '120' },
    delayMs: 1,
  });
  const response = await send('/in/busy');
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '120']);
  await put('/api/boxes/busy/behaviour', {});
  expect((await send('/in/busy')).status).toBe(200);
});

test('with a secret it says whether signatures verify', async () => {
  const signing = `whsec_${Buffer.from('a secret of 24 bytes ...').toString('base64')}`;
  await put('/api/boxes/signed', { secret: signing });
  const body = '{"type":"session.ready"}';
  const now = new Date();
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(signing).sign('evt_1', now, body),
    'x-signature': 't=1,v1=00',
  };
  await send('/in/signed', { method: 'POST', body, headers });
  await send('/in/signed', { method: 'POST', body: `${body} `, headers });
  const got = await requests('signed');
  expect(got.map((one) => one.signature)).toEqual([
    { xSignature: 'invalid', standardWebhooks: 'valid' },
    { xSignature: 'invalid', standardWebhooks: 'invalid' },
  ]);
  const box = await send('/api/boxes/signed', { method: 'GET' });
  expect(await box.json()).toEqual({
    name: 'signed',
    url: boxUrl(inspector.url, secret, 'signed'),
    hasSecret: true,
    behaviour: {},
  });
});

test('keeps the last 1,000 of a box', async () => {
  for (let n = 0; n < 1_010; n += 10) {
    await Promise.all(Array.from({ length: 10 }, () => send('/in/many')));
  }
  const kept = await requests('many');
  expect(kept).toHaveLength(1_000);
  expect(kept[0]?.id).toBe(11);
});

test('the oldest go when a box or all of them hold too much, also after a restart', async () => {
  const folder = join(dataDir, 'capped');
  const caps = { box: { entries: 3, bytes: 250 }, all: { entries: 4, bytes: 400 } };
  let store = openInspectorStore(folder, caps);
  const record = (box: string, size: number) =>
    store.record(box, {
      receivedAt: 0,
      method: 'POST',
      path: '',
      headers: {},
      body: Buffer.alloc(size),
    });
  const ids = () =>
    ['a', 'b', 'c'].map((box) => store.requestsAfter(box, 0, 100).map(({ id }) => id));
  for (let n = 0; n < 4; n += 1) record('a', 1);
  expect(ids()).toEqual([[2, 3, 4], [], []]);
  record('a', 246);
  expect(ids()).toEqual([[5], [], []]);
  store.close();
  store = openInspectorStore(folder, caps);
  record('b', 100);
  record('c', 100);
  expect(ids()).toEqual([[], [6], [7]]);
  store.clear('b');
  record('a', 190);
  expect(ids()).toEqual([[8], [], [7]]);
  record('c', 1_000);
  expect(ids()).toEqual([[], [], [9]]);
  store.close();
});

test('the pages escape everything and allow no script but their own', async () => {
  const evil = '<img src=x onerror=alert(1)>';
  await send(`/in/evil?q=${encodeURIComponent('\'"<b>')}`, {
    method: 'POST',
    body: JSON.stringify({ type: evil, text: '</pre><script>alert(1)</script>' }),
    headers: { 'x-evil': '"><script>alert(2)</script>' },
  });
  for (const path of ['/', '/boxes/evil', '/boxes/evil/rows']) {
    const response = await send(path, { method: 'GET' });
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(page).not.toContain('<img');
    expect(page).not.toContain('<script>');
  }
  const page = await send('/boxes/evil', { method: 'GET' });
  const nonce = /script-src 'nonce-([^']+)'/.exec(
    page.headers.get('content-security-policy') ?? '',
  )?.[1];
  expect(await page.text()).toContain(`<script type="module" nonce="${nonce ?? '?'}">`);
  const again = await send('/boxes/evil', { method: 'GET' });
  expect(again.headers.get('content-security-policy')).not.toContain(nonce ?? '');
});

describe.each([
  '/',
  '/boxes/a',
  '/boxes/a/rows',
  '/api/boxes',
  '/api/boxes/a',
  '/api/boxes/a/requests',
])('%s', (path) => {
  test.each([
    ['without the secret', {}, 401],
    ['with a wrong one', { authorization: 'Bearer guess' }, 401],
    ['with the cookie of another port', { cookie: `waypost_1=${secret}` }, 401],
    ['by a foreign name', { authorization: `Bearer ${secret}`, host: 'evil.example' }, 403],
    [
      'from a foreign page',
      { authorization: `Bearer ${secret}`, origin: 'http://evil.example' },
      403,
    ],
    [
      'from a page of another port',
      { authorization: `Bearer ${secret}`, origin: 'http://127.0.0.1:1' },
      403,
    ],
    ['from no page at all', { authorization: `Bearer ${secret}`, origin: 'null' }, 403],
  ])('%s is refused', async (_name, headers, status) => {
    expect(await statusOf(`${inspector.url}${path}`, headers)).toBe(status);
  });
});

test.each([
  ['PUT', '/api/boxes/a', '{"secret":null}'],
  ['PUT', '/api/boxes/a/behaviour', '{}'],
  ['DELETE', '/api/boxes/a/requests', undefined],
])('%s %s without the secret is refused', async (method, path, body) => {
  await send('/in/a');
  const response = await fetch(`${inspector.url}${path}`, { method, ...(body && { body }) });
  expect(response.status).toBe(401);
  expect(await requests('a')).toHaveLength(1);
});

test('a request creates no box, and cannot write to one without its key', async () => {
  await put('/api/boxes/known', { secret: null });
  const key = boxUrl('', secret, 'other').split('/').at(-1);
  for (const path of ['/in/known', '/in/known/', '/in/unknown', `/in/known/${key}`, '/in/known/x'])
    expect([path, await statusOf(`${inspector.url}${path}`, {}, 'POST')]).toEqual([path, 404]);
  const page = { origin: 'http://evil.example' };
  expect(await statusOf(boxUrl(inspector.url, secret, 'known'), page, 'POST')).toBe(403);
  const boxes = await send('/api/boxes', { method: 'GET' });
  expect(await boxes.json()).toEqual({ boxes: [{ name: 'known', requests: 0 }] });
});

test('the link sets a cookie that gives access, and that scripts and other sites cannot use', async () => {
  const link = visitorLink(`${inspector.url}/boxes/a?x=1`, secret);
  const entered = await fetch(link, { redirect: 'manual' });
  expect([entered.status, entered.headers.get('location')]).toEqual([303, '/boxes/a?x=1']);
  const { port } = new URL(inspector.url);
  expect(entered.headers.get('set-cookie')).toBe(
    `waypost_${port}=${secret}; HttpOnly; SameSite=Strict; Path=/`,
  );
  const cookie = `other=1; waypost_${port}=${secret}`;
  expect(await statusOf(`${inspector.url}/boxes/a`, { cookie })).toBe(200);
  const away = await fetch(visitorLink(`${inspector.url}//evil.example/`, secret), {
    redirect: 'manual',
  });
  expect(away.headers.get('location')).toBe('/evil.example/');
  const wrong = await fetch(visitorLink(`${inspector.url}/`, 'guess'), { redirect: 'manual' });
  expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null]);
});

test.each([
  ['PUT', '/api/boxes/x', '{"secret":1}', 400],
  ['PUT', '/api/boxes/x', 'no json', 400],
  ['PUT', '/api/boxes/x/behaviour', '{"status":99}', 400],
  ['PUT', '/api/boxes/x/behaviour', '{"headers":{"a":"b\\r\\nc"}}', 400],
  ['PUT', '/api/boxes/x/behaviour', '{"unknown":1}', 400],
  ['POST', '/in/white%20space', '{}', 404],
  ['POST', '/in/', '{}', 404],
  ['GET', '/api/boxes/x/requests?wait=never', undefined, 400],
  ['GET', '/nowhere', undefined, 404],
])('%s %s %s is a %d', async (method, path, body, status) => {
  const response = await send(path, { method, ...(body !== undefined && { body }) });
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error: expect.any(String) });
});
