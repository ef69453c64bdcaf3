import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startInspector } from './server.ts';
import type { RequestView } from './view.ts';

let dataDir: string;
let inspector: Awaited<ReturnType<typeof startInspector>>;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'waypost-inspector-'));
  inspector = await startInspector({ port: 0, dataDir });
});
afterEach(async () => {
  await inspector.close();
  await rm(dataDir, { recursive: true });
});

const send = (path: string, init: RequestInit = { method: 'POST', body: '{}' }) =>
  fetch(`${inspector.url}${path}`, init);
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
  inspector = await startInspector({ port: 0, dataDir });
});

test('failFirst fails so many, then answers 200; the count survives a restart', async () => {
  await put('/api/boxes/flaky/behaviour', { failFirst: 2 });
  expect((await send('/in/flaky')).status).toBe(500);
  await inspector.close();
  inspector = await startInspector({ port: 0, dataDir });
  expect((await send('/in/flaky')).status).toBe(500);
  expect((await send('/in/flaky')).status).toBe(200);
  expect((await requests('flaky')).map((one) => one.status)).toEqual([500, 500, 200]);
});

test('a status, headers and a delay can be asked for', async () => {
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
  const secret = `whsec_${Buffer.from('a secret of 24 bytes ...').toString('base64')}`;
  await put('/api/boxes/signed', { secret });
  const body = '{"type":"session.ready"}';
  const now = new Date();
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('evt_1', now, body),
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
  expect(await box.json()).toEqual({ name: 'signed', hasSecret: true, behaviour: {} });
});

test('keeps the last 1,000 of a box', async () => {
  for (let n = 0; n < 1_010; n += 10) {
    await Promise.all(Array.from({ length: 10 }, () => send('/in/many')));
  }
  const kept = await requests('many');
  expect(kept).toHaveLength(1_000);
  expect(kept[0]?.id).toBe(11);
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

test('a web site that points its name at us reaches neither pages nor API', async () => {
  const status = await new Promise((resolve, reject) => {
    httpRequest(`${inspector.url}/api/boxes`, { headers: { host: 'evil.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
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
