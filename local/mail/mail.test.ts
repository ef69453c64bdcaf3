import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { startMail } from './server.ts';
import type { MailConfig } from './server.ts';

let config: MailConfig;
let mail: Awaited<ReturnType<typeof startMail>>;
beforeEach(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'waypost-mail-'));
  config = { port: 0, dataDir, token: 're_test' };
  mail = await startMail(config);
});
afterEach(async () => {
  await mail.close();
  await rm(config.dataDir, { recursive: true });
});

const hello = {
  from: 'Waypost <no-reply@waypost.example>',
  to: 'Ann@example.com',
  subject: 'Hello',
  text: 'Open https://app.example/verify?token=abc&x=1.',
};
const send = (email: unknown, headers: Record<string, string> = {}) =>
  fetch(`${mail.url}/emails`, {
    method: 'POST',
    headers: { authorization: 'Bearer re_test', 'content-type': 'application/json', ...headers },
    body: typeof email === 'string' ? email : JSON.stringify(email),
  });
const sentId = async (response: Response): Promise<string> => {
  expect(response.status).toBe(200);
  return z.strictObject({ id: z.string().min(1) }).parse(await response.json()).id;
};
const listSchema = z.object({ messages: z.array(z.looseObject({ id: z.string() })) });
const list = async (query = '') => {
  const response = await fetch(`${mail.url}/api/messages${query}`);
  return listSchema.parse(await response.json()).messages;
};

test('what was sent can be read, newest first and by recipient, also after a restart', async () => {
  const first = await sentId(await send(hello));
  const second = await sentId(
    await send({ ...hello, to: ['Bob <bob@example.com>', 'ann@example.com'], subject: 'Two' }),
  );
  const third = await sentId(await send({ ...hello, to: 'joann@example.com' }));
  await mail.close();
  mail = await startMail(config);
  expect((await list()).map((one) => one.id)).toEqual([third, second, first]);
  expect((await list('?to=ann@example.com')).map((one) => one.id)).toEqual([second, first]);
  expect((await list('?to=BOB@example.com')).map((one) => one.id)).toEqual([second]);
  expect(await list('?to=%25')).toEqual([]);
  const one = await fetch(`${mail.url}/api/messages/${first}`);
  expect(await one.json()).toEqual({
    ...hello,
    id: first,
    to: ['Ann@example.com'],
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
  const response = await fetch(mail.url);
  const page = await response.text();
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;');
  expect(page).toContain('<a href="https://app.example/verify?token=abc&amp;x=1"');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const [message] = await list();
  const shown = await fetch(`${mail.url}/messages/${message?.id ?? ''}/html`);
  expect(await shown.text()).toContain('<b>hi</b>');
  expect(shown.headers.get('content-security-policy')).toMatch(/^sandbox (?!.*allow-scripts)/);
});

test.each([
  ['no token', hello, { authorization: '' }, 403],
  ['a wrong token', hello, { authorization: 'Bearer guess' }, 403],
  ['no recipient', { ...hello, to: [] }, {}, 422],
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
  const status = await new Promise((resolve, reject) => {
    httpRequest(`${mail.url}/api/messages`, { headers: { host: 'evil.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
  expect((await fetch(`${mail.url}/api/messages/none`)).status).toBe(404);
  expect((await fetch(`${mail.url}/emails`)).status).toBe(404);
});
