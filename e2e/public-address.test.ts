import { randomUUID } from 'node:crypto';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { launchBrowser, newVisitor } from './testing/browser.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { freePort } from './testing/free-port.ts';
import { linkMailedTo } from './testing/mail-client.ts';
import { startTlsProxy } from './testing/tls-proxy.ts';

const HOST = 'wa.example.test';

let deployment: Deployment;
let browser: Browser;
let origin = '';
let endProxy = (): void => undefined;
beforeAll(async () => {
  const port = await freePort();
  origin = `https://${HOST}:${port}`;
  const environment = { BASE_URL: `${origin}/whatsapp/`, SIGN_UP: 'open' };
  [deployment, browser] = await Promise.all([
    startDeployment({ environment }),
    launchBrowser([`--host-resolver-rules=MAP ${HOST} 127.0.0.1`, '--ignore-certificate-errors']),
  ]);
  endProxy = await startTlsProxy(port, (await deployment.facts()).apiUrl);
});
afterAll(async () => {
  endProxy();
  await Promise.all([deployment.dispose(), browser.close()]);
});

it('behind a proxy with TLS, another host and a path, a person signs up and sees what happens', async () => {
  const visitor = await newVisitor(browser, origin);
  const { page, open, arrives, click, fill, sees } = visitor;
  const refused: string[] = [];
  const ofTheProxy: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.url()}`);
    if (answer.url().startsWith(`${origin}/whatsapp/`)) ofTheProxy.push(answer.url());
    else if (!answer.url().startsWith('data:')) refused.push(`not below the path: ${answer.url()}`);
  });
  const [email, password] = [`ann-${randomUUID()}@example.com`, `correct horse ${randomUUID()}`];
  await open('/whatsapp/sign-up');
  await fill('Your name', 'Ann');
  await fill('E-mail address', email);
  await fill('Password', password);
  await click('Create an account');
  await sees('Check your mail');

  const link = await linkMailedTo(await deployment.facts(), email, /confirm/i);
  expect(link.href.startsWith(`${origin}/whatsapp/auth/verify-email?`)).toBe(true);
  await page.goto(link.href);
  await arrives(/^\/whatsapp\/sign-in\?confirmed=true$/);
  await fill('E-mail address', email);
  await fill('Password', password);
  await click('Sign in');
  await arrives(/^\/whatsapp\/?$/);
  const cookies = await page.browserContext().cookies();
  expect(cookies.map(({ name, secure }) => [name.startsWith('__Secure-'), secure])).toContainEqual([
    true,
    true,
  ]);

  await click('Sessions', 'link');
  await arrives(/^\/whatsapp\/sessions$/);
  await page.reload();
  await sees('No sessions yet');
  await sees('Updates at once.');
  await page.goto(`${origin}/whatsapp/docs`);
  // The reference of all operations takes a slow machine longer than a page of ours.
  await page.locator('::-p-text(/v1/messages/text)').setTimeout(150_000).wait();
  expect(refused).toEqual([]);
  expect(ofTheProxy.length).toBeGreaterThan(10);
  expect(visitor.complaints).toEqual([]);
});

it('behind a proxy, every printed address of API and dashboard is the public one, and the link signs in', async () => {
  const printed = deployment.output();
  const { apiUrl, sessionId } = await deployment.facts();
  expect(printed).not.toContain(apiUrl);
  for (const path of ['/', '/docs', '/v1/messages/text'])
    expect(printed).toContain(`${origin}/whatsapp${path}`);
  const [link = ''] = /https:\S+\/sign-in\/link#\S+/.exec(printed) ?? [];
  expect(link.startsWith(`${origin}/whatsapp/`)).toBe(true);
  const owner = await newVisitor(browser, origin);
  const { page, open, arrives, click, sees } = owner;
  await page.goto(link);
  await arrives(/^\/whatsapp\/?$/);

  const group = { subject: 'Launch team', members: ['+15550100001'] };
  const made = await deployment.api.call('POST', '/v1/groups', { body: group });
  const { id } = made.data(z.object({ group: z.object({ id: z.string() }) })).group;
  const query = new URLSearchParams({ sessionId, tab: 'groups', group: id });
  await open(`/whatsapp/contacts?${query.toString()}`);
  await sees('2 members');
  const hrefs = await page.$$eval('a[download]', (links) => links.map(({ href }) => href));
  expect(hrefs).toHaveLength(2);
  await open('/whatsapp/messages');
  // A download leaves no page to look at: its link is kept before it is followed.
  await page.evaluate(
    `HTMLAnchorElement.prototype.click = function () { window.exported = this.href; }`,
  );
  await click('Export');
  await click('As JSON Lines', 'menuitem');
  hrefs.push(z.string().parse(await page.evaluate('window.exported')));
  for (const href of hrefs) {
    expect(href.startsWith(`${origin}/whatsapp/v1/`)).toBe(true);
    expect(await page.evaluate(`fetch(${JSON.stringify(href)}).then(({ status }) => status)`)).toBe(
      200,
    );
  }
  expect(owner.complaints).toEqual([]);
  await owner.leave();
});

it('behind a proxy, the parts still reach each other over loopback', async () => {
  const { sessionId } = await deployment.facts();
  const body = { sessionId, to: '+15550100001', text: 'without the proxy' };
  const sent = await deployment.api.call('POST', '/v1/messages/text', { body });
  expect(sent.status).toBe(202);
  const told = await deployment.inspector.waitFor(
    'sandbox',
    'message.sent by a webhook that QStash drove',
    ({ event }) => event.type === 'message.sent',
  );
  expect(told.status).toBe(200);
});
