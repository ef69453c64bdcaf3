import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { administration } from './dashboard/administration.ts';
import { hourOf, hoursOnHeatMap } from './dashboard/heat-map.ts';
import { signUp } from './testing/account.ts';
import { idIn } from './testing/answers.ts';
import { newVisitor, type Visitor } from './testing/browser.ts';
import { linkMailedTo } from './testing/mail-client.ts';
import { PIXEL } from './testing/sample-files.ts';
import { type Desk, openDashboard } from './testing/dashboard.ts';

let desk: Desk;
let owner: Visitor;
beforeAll(async () => {
  desk = await openDashboard();
  ({ owner } = desk);
});
afterAll(async () => {
  expect(owner.complaints).toEqual([]);
  await desk.dispose();
});

it('shows on one page what needs a person, what was sent today, and what of the tier is used', async () => {
  const { api } = desk.deployment;
  await owner.sees('Nothing needs you.');
  const body = { to: '+15550100010', text: 'Counted' };
  await api.call('POST', '/v1/messages/text', { body, headers: { prefer: 'wait=20' } });
  await api.call('POST', '/v1/sessions', { body: { name: 'unlinked', mode: 'sandbox' } });
  await owner.sees('unlinked: Scan the code');
  await owner.page.waitForFunction(
    `[...document.querySelectorAll('dt')].find((dt) => dt.innerText === 'Sent')?.nextElementSibling?.innerText === '1'`,
  );
  await owner.sees('2 of 40');
  await owner.sees('The webhook inspector of this deployment');
  expect(await owner.violations()).toEqual([]);
  await owner.click('Look: unlinked: Scan the code', 'link');
  await owner.arrives(/^\/sessions\/ses_/);
});

it('says that an endpoint was switched off, and why', async () => {
  const { api, inspector } = desk.deployment;
  await inspector.behave('gone', { status: 410 });
  const body = { url: inspector.url('gone'), eventTypes: ['message.*'] };
  const path = `/v1/webhooks/${idIn(await api.call('POST', '/v1/webhooks', { body }))}`;
  await owner.open('/');
  await api.call('POST', `${path}/test`);
  await owner.sees('Webhook is off: ');
  await owner.sees('the receiver answered 410 Gone');
  expect(await owner.violations()).toEqual([]);
  await api.call('DELETE', path);
});

it('tests an endpoint with any type of event, shows what was sent, and delivers it again', async () => {
  const { open, click, sees, violations, page } = owner;
  await open('/webhooks');
  await page.locator('table a').click();
  await click('Send a test event');
  await page.locator('::-p-aria(Type)').fill('call.received');
  expect(await violations()).toEqual([]);
  await click('Send');
  await sees('call.received is on its way.');
  await page.locator('summary ::-p-text(webhook.test)').click();
  await sees('Attempt 1');
  await sees('The endpoint got a sample of call.received.');
  await page.locator('[aria-label="Body of the request"]').wait();
  await page.locator('[aria-label="Headers of the request"]').wait();
  expect(await violations()).toEqual([]);
  await click('Deliver again');
  await sees('1 delivery starts again.');
  await sees('Attempt 2');
  await page.locator('input[aria-label="Choose the delivery of webhook.test"]').click();
  await click('Deliver 1 again');
  await sees('Attempt 3');
  await click('Deliver all failed again');
  expect(await violations()).toEqual([]);
  await page.locator('dialog button[type="submit"]').click();
  await sees('0 deliveries start again.');
  await click('Verify it', 'link');
  await owner.fill('Name of the variable with the secret', 'SHOP_SECRET');
  await click('PHP');
  await sees("getenv('SHOP_SECRET')");
  expect(await violations()).toEqual([]);
});

it('follows events as they happen, by type', async () => {
  const { open, click, sees, violations, page } = owner;
  await open('/events?types=message.*');
  await page.locator('::-p-aria(Pause[role="button"])').wait();
  const body = { to: '+15550100010', text: 'Follow me' };
  await desk.deployment.api.call('POST', '/v1/messages/text', { body });
  await sees('You said: Follow me');
  const types = `[...document.querySelectorAll('tbody a')].map((link) => link.innerText)`;
  expect(await page.evaluate(types)).not.toContain('session.status');
  expect(await violations()).toEqual([]);
  await page.locator('tbody a').click();
  await sees('As it is delivered');
  expect(await violations()).toEqual([]);
  await click('Close');
});

it('uploads a file and shows it, counts messages, and keeps leads', async () => {
  const { open, click, fill, sees, violations, page } = owner;
  await open('/media');
  await sees('No files yet');
  const picture = join(desk.deployment.directory, 'pixel.png');
  await writeFile(picture, Buffer.from(PIXEL, 'base64'));
  const picker = await page.waitForSelector('input[type="file"]');
  await picker?.uploadFile(picture);
  await page.locator('tbody a').click();
  await page.waitForFunction(`document.querySelector('dialog img')?.naturalWidth > 0`);
  expect(await violations()).toEqual([]);
  await open('/statistics');
  await sees('How far messages got');
  const shown = await hoursOnHeatMap(page);
  const made = (await desk.deployment.api.call('GET', '/v1/messages?limit=100')).data(
    z.array(z.object({ createdAt: z.iso.datetime() })),
  );
  expect(shown).not.toEqual([]);
  expect(made.map(({ createdAt }) => hourOf(createdAt))).toEqual(expect.arrayContaining(shown));
  await click('Kind');
  await page.locator('td ::-p-text(text)').wait();
  expect(await violations()).toEqual([]);
  await open('/leads?create=true');
  await fill('Phone number', '+1 555 010 0011');
  await fill('Name', 'Uma Keller');
  await click('Add lead');
  await page.locator('tbody a').click();
  await page.locator('dialog select').fill('customer');
  expect(await violations()).toEqual([]);
  await click('Save');
  await page.locator('tbody ::-p-text(Customer)').wait();
});

administration(() => desk);

it('erases a contact once its number was typed a second time', async () => {
  const { open, click, fill, sees, violations, page } = owner;
  const { api } = desk.deployment;
  const contact = '+15550100077';
  const { sessionId } = await desk.deployment.facts();
  const body = { from: contact, name: 'Forgotten', text: 'Erase me' };
  await api.call('POST', `/v1/sessions/${sessionId}/sandbox/messages`, { body });
  await open('/messages');
  await sees('Erase me');
  await open('/settings?tab=privacy');
  await sees('Nobody has been erased.');
  await fill('Contact', contact);
  await click('Erase this contact');
  await sees('This cannot be undone.');
  expect(await violations()).toEqual([]);
  await page.locator('::-p-aria(Erase[role="button"]):is([disabled])').wait();
  await fill(`Type ${contact} to confirm`, contact);
  await click('Erase');
  await page.locator('main tbody tr').wait();
  const asked = await api.call('GET', `/v1/erasures?contact=${encodeURIComponent(contact)}`);
  expect(asked.data(z.array(z.looseObject({})))).toHaveLength(1);
  expect(await violations()).toEqual([]);
});

it('goes anywhere by the keyboard', async () => {
  const { open, arrives, fill, sees, violations, page } = owner;
  await open('/keys');
  await sees('Search');
  await page.keyboard.down('Control');
  await page.keyboard.press('k');
  await page.keyboard.up('Control');
  await fill('Go to', 'statis', 'combobox');
  expect(await violations()).toEqual([]);
  await page.keyboard.press('Enter');
  await arrives(/^\/statistics$/);
});

it('shows a second tenant nothing of the first, whatever address they open', async () => {
  const { deployment, browser, apiUrl } = desk;
  const { sessionId } = await deployment.facts();
  const shown = (await deployment.api.call('GET', `/v1/sessions/${sessionId}`)).data(
    z.object({ name: z.string(), phoneNumber: z.string() }),
  );
  const secret = 'for the first tenant alone';
  const from = '+15550100043';
  const body = { from, name: 'Wilhelmina', text: secret };
  await deployment.api.call('POST', `/v1/sessions/${sessionId}/sandbox/messages`, { body });
  await deployment.api.call('POST', '/v1/leads', { body: { person: from, name: 'Wilhelmina' } });
  const ofTheFirst = [secret, from.slice(1), 'Wilhelmina', shown.phoneNumber];
  await owner.open('/messages');
  await owner.sees(secret);

  const stranger = await newVisitor(browser, apiUrl);
  const { page } = stranger;
  const heldUp: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() === 429 || answer.status() >= 500) heldUp.push(answer.url());
  });
  const { cookie } = await signUp(deployment, 'stranger');
  for (const pair of cookie.split('; ')) {
    const [name = '', value = ''] = pair.split(/=(.*)/);
    await page.setCookie({ name, value, url: apiUrl });
  }
  const seen: string[] = [];
  for (const path of [
    '/',
    '/sessions',
    ...['', '?tab=activity', '?tab=metrics', '?tab=settings'].map(
      (tab) => `/sessions/${sessionId}${tab}`,
    ),
    '/messages',
    '/chats?chat=15550100043@c.us',
    '/contacts',
    '/leads',
    '/media',
    '/webhooks',
    '/events',
    '/statistics',
    '/administration',
  ]) {
    await stranger.open(path);
    await page
      .waitForFunction(
        `document.querySelector('main') !== null && document.querySelector('[aria-label="Loading"]') === null`,
      )
      .catch((cause: unknown) => {
        throw new Error(`${path} did not come; held up: ${heldUp.join()}`, { cause });
      });
    const text = String(await page.evaluate('document.body.innerText'));
    seen.push(
      ...ofTheFirst.filter((word) => text.includes(word)).map((word) => `${path}: ${word}`),
    );
  }
  expect(seen).toEqual([]);
  await stranger.sees('Only administrators of the deployment see this.');
  expect(stranger.complaints).toEqual([]);
  await stranger.leave();
});

it('gives a member more sessions and a role, and takes everything away', async () => {
  const { open, click, fill, sees, violations, page } = owner;
  const facts = await desk.deployment.facts();
  const member = await signUp(desk.deployment, 'ben');
  await open('/settings?tab=members');
  await fill('E-mail address', member.email);
  await click('Send the invitation');
  await page.locator(`::-p-aria(Revoke the invitation of ${member.email})`).wait();
  const link = await linkMailedTo(facts, member.email, /invited/i);
  const token = link.searchParams.get('token');
  await member.api.call('POST', '/v1/invitations/accept', { body: { token } });
  // A token is of one workspace.
  const inside = await member.api.call('POST', '/auth/token', {
    body: { workspaceId: facts.workspaceId },
    headers: { cookie: member.cookie },
    key: null,
  });
  const { token: insider } = inside.data(z.object({ token: z.string() }));
  const reach = async (): Promise<number> =>
    (await member.api.call('GET', `/v1/sessions/${facts.sessionId}`, { key: insider })).status;
  const owners = (count: number) =>
    page.waitForFunction(
      `[...document.querySelectorAll('td')].filter(({ innerText }) => innerText === 'Owner').length === ${count}`,
    );
  const choose = async (action: string): Promise<void> => {
    await click('Actions for ben');
    await click(action, 'menuitem');
  };
  expect(await reach()).toBe(404);
  await open('/settings?tab=members');
  await page.locator('td ::-p-text(their own)').wait();
  await choose('Let them reach all sessions');
  await page.waitForFunction(
    `!document.querySelector('main table').innerText.includes('their own')`,
  );
  expect(await reach()).toBe(200);
  await choose('Make an owner');
  await owners(2);
  await choose('Make a member');
  await owners(1);
  await choose('Remove from the workspace');
  await sees('their API keys are revoked');
  expect(await violations()).toEqual([]);
  await click('Remove from the workspace');
  await page.waitForFunction(
    `!document.querySelector('main table').innerText.includes(${JSON.stringify(member.email)})`,
  );
  expect(await reach()).not.toBe(200);
});
