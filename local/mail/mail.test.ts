import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { statusOf } from '../testing/status-of.ts';
import { startMail } from './server.ts';
import { openMailStore } from './store.ts';
import type { MailConfig } from './server.ts';

let config: MailConfig;
let mail: Awaited<ReturnType<typeof startMail>>;
beforeEach(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'waypost-mail-'));
  config = { port: 0, dataDir, token: 're_test', secret: 'a-visitor-secret' };
  mail = await startMail(config);
});
afterEach(async () => {
  await mail.close();
  await rm(config.dataDir, { recursive: true });
});

const hello = {
  from: 'Waypost <no-reply@waypost.example>',
  to: ['Ann@example.com'],
  subject: 'Hello',
  text: 'Open https://app.example/verify?token=abc&x=1.',
};
const send = (email: unknown, headers: Record<string, string> = {}) =>
  fetch(`${mail.url}/emails`, {
    method: 'POST',
    headers: { authorization: 'Bearer re_test', 'content-type': 'application/json', ...headers },
    body: typeof email === 'string' ? email : JSON.stringify(email),
  });
/** As somebody who holds the secret. */
const read = (path: string) =>
  fetch(`${mail.url}${path}`, { headers: { authorization: `Bearer ${config.secret}` } });
const sentId = async (response: Response): Promise<string> => {
  expect(response.status).toBe(200);
  return z.strictObject({ id: z.string().min(1) }).parse(await response.json()).id;
};
const listSchema = z.object({ messages: z.array(z.looseObject({ id: z.string() })) });
const list = async (query = '') => {
  const response = await read(`/api/messages${query}`);
  return listSchema.parse(await response.json()).messages;
};

test('what was sent can be read, newest first and by recipient, also after a restart', async () => {
  const first = await sentId(await send(hello));
  const second = await sentId(
    await send({ ...hello, to: ['Bob <bob@example.com>', 'ann@example.com'], subject: 'Two' }),
  );
  const third = await sentId(await send({ ...hello, to: ['joann@example.com'] }));
  await mail.close();
  mail = await startMail(config);
  expect((await list()).map((one) => one.id)).toEqual([third, second, first]);
  expect((await list('?to=ann@example.com')).map((one) => one.id)).toEqual([second, first]);
  expect((await list('?to=BOB@example.com')).map((one) => one.id)).toEqual([second]);
  expect(await list('?to=%25')).toEqual([]);
  expect((await list())[2]).toEqual({
    ...hello,
    id: first,
    receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
});

test('the same idempotency key is one message', async () => {
  const key = { 'idempotency-key': 'verify:1' };
  const first = await sentId(await send(hello, key));
  expect(await sentId(await send(hello, key))).toBe(first);
  expect((await send({ ...hello, subject: 'Other' }, key)).status).toBe(409);
  expect(await list()).toHaveLength(1);
});

test('the page escapes what it shows and links what it can', async () => {
  await send({
    ...hello,
    subject: '<script>alert(1)</script>',
    html: '<b>hi</b><script>x</script>',
  });
  const response = await read('/');
  const page = await response.text();
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;');
  expect(page).toContain('<a href="https://app.example/verify?token=abc&amp;x=1"');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const [message] = await list();
  const shown = await read(`/messages/${message?.id ?? ''}/html`);
  expect(await shown.text()).toContain('<b>hi</b>');
  expect(shown.headers.get('content-security-policy')).toMatch(/^sandbox (?!.*allow-scripts)/);
});

test.each([
  ['no token', hello, { authorization: '' }, 403],
  ['a wrong token', hello, { authorization: 'Bearer guess' }, 403],
  ['no recipient', { ...hello, to: [] }, {}, 422],
  ['what is not kept here', { ...hello, cc: ['bo@example.com'] }, {}, 422],
  ['no content', { ...hello, text: undefined }, {}, 422],
  ['no JSON', 'hello', {}, 400],
  ['too much', { ...hello, text: 'x'.repeat(3_000_000) }, {}, 413],
])('%s is refused', async (_name, email, headers, status) => {
  const response = await send(email, headers);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({
    statusCode: status,
    name: expect.any(String),
    message: expect.any(String),
  });
  expect(await list()).toEqual([]);
});

test('without an Authorization header it is a 401, for another host name a 403', async () => {
  const bare = await fetch(`${mail.url}/emails`, { method: 'POST', body: JSON.stringify(hello) });
  expect(bare.status).toBe(401);
  expect(await statusOf(`${mail.url}/emails`, { host: 'evil.example' }, 'POST')).toBe(403);
  expect((await read('/messages/none/html')).status).toBe(404);
  expect((await read('/emails')).status).toBe(404);
});

test('nothing can be read without the secret, or from another page or host name', async () => {
  const id = await sentId(await send({ ...hello, html: '<p>hi</p>' }));
  const authorization = `Bearer ${config.secret}`;
  for (const path of ['/', '/api/messages', `/messages/${id}/html`]) {
    const url = `${mail.url}${path}`;
    const statuses = await Promise.all([
      statusOf(url, { authorization }),
      statusOf(url, {}),
      statusOf(url, { authorization: 'Bearer re_test' }),
      statusOf(url, { authorization, host: 'evil.example' }),
      statusOf(url, { authorization, origin: 'http://evil.example' }),
    ]);
    expect([path, ...statuses]).toEqual([path, 200, 401, 401, 403, 403]);
  }
});

test('without texts it keeps recipients and subjects, and no link', async () => {
  await mail.close();
  mail = await startMail({ ...config, withoutText: true });
  await send({ ...hello, html: '<a href="https://app.example/verify?token=abc">x</a>' });
  const [kept] = await list();
  expect(kept).toMatchObject({ to: ['Ann@example.com'], subject: 'Hello' });
  expect(JSON.stringify(kept)).not.toContain('token=abc');
});

test('the oldest go when all of them are too large, also after a restart', () => {
  const folder = join(config.dataDir, 'capped');
  const add = (id: string, size: number) =>
    store.add({ id, email: { ...hello, text: 'x'.repeat(size) }, idempotencyKey: null }, 0);
  let store = openMailStore(folder, 1_000);
  add('first', 300);
  add('second', 300);
  store.close();
  store = openMailStore(folder, 1_000);
  add('third', 300);
  expect(store.list(null, 10).map(({ id }) => id)).toEqual(['third', 'second']);
  store.close();
});
