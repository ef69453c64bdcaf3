import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Visitor } from './testing/browser.ts';
import { type Desk, openDashboard } from './testing/dashboard.ts';
import { downloaded } from './testing/download.ts';
import { COMES_UP_WITHIN_MS, SessionView } from './testing/session.ts';
import { until } from './testing/until.ts';

let desk: Desk;
let owner: Visitor;
let sessionId = '';
beforeAll(async () => {
  desk = await openDashboard();
  ({ owner } = desk);
  ({ sessionId } = await desk.deployment.facts());
});
afterAll(async () => {
  expect(owner.complaints).toEqual([]);
  await desk.dispose();
});

it('plays both sides on the sandbox phone: writes as a person, and acks by hand', async () => {
  const { open, click, fill, sees, violations } = owner;
  const { api } = desk.deployment;
  await open(`/sessions/${sessionId}?tab=phone`);
  await fill('Write as this number', '+1 555 010 0048');
  await click('Open chat');
  await fill('Write as +15550100048', 'Is it still there?');
  await click('Send');
  await sees('Is it still there?');
  expect(await violations()).toEqual([]);
  await click('By hand', 'radio');
  const body = { to: '+15550100048', text: 'It is' };
  await api.call('POST', '/v1/messages/text', { body, headers: { prefer: 'wait=20' } });
  await click('Sent. Set the ack');
  await click('Read', 'menuitem');
  await owner.page.locator('::-p-aria(Read. Set the ack)').wait();
  await open('/messages');
  await sees('Read');
});

it('cuts the network of the phone, unlinks the session, and links it again', async () => {
  const { open, click, sees, violations } = owner;
  await open(`/sessions/${sessionId}?tab=phone`);
  await click('Cut the network');
  await sees('The connection is cut.');
  expect(await violations()).toEqual([]);
  await click('Restore the network');
  await sees('The session has its connection');
  await sees('Sends and receives.');
  await click('Unlink the session');
  await sees('The session ends as logged out.');
  await owner.page.locator('dialog ::-p-text(Unlink the session)[type="button"]').click();
  await sees('The phone no longer lists this device.');
  await sees('Not linked');
  await click('Start');
  await owner.page.locator('::-p-aria(Scan the code[role="button"]):not([disabled])').click();
  await sees('Sends and receives.');
  expect(await violations()).toEqual([]);
});

it('answers in a chat, and sees who is in it', async () => {
  const { open, click, fill, sees, violations, page } = owner;
  const { api } = desk.deployment;
  const from = '+15550100043';
  const body = { from, text: 'Do you deliver?' };
  await api.call('POST', `/v1/sessions/${sessionId}/sandbox/messages`, { body });
  await open('/chats');
  await page.locator('a ::-p-text(15550100043@c.us)').click();
  await sees('Do you deliver?');
  await fill('Write a message', 'We do');
  await click('Send');
  await page.locator('ol ::-p-text(We do)').wait();
  expect(await violations()).toEqual([]);
  await open('/contacts');
  await sees('Alice');
  expect(await violations()).toEqual([]);
  await click('Groups', 'link');
  await click('New group', 'link');
  await click('Create group');
  await page.locator('::-p-aria(Subject):is([aria-invalid=true])').wait();
  expect(await violations()).toEqual([]);
  await fill('Subject', 'Launch team');
  await fill('Members, one a line', '+1 555 010 0001');
  await click('Create group');
  await page.locator('dialog ::-p-text(Added)').wait();
  expect(await violations()).toEqual([]);
  await click('Open the group', 'link');
  await sees('2 members');
  expect(await violations()).toEqual([]);
  const csv = `fetch(document.querySelector('dialog a[download$=".csv"]').href).then((answer) => answer.text())`;
  expect(await page.evaluate(csv)).toContain('15550100001');
  await open('/contacts?tab=check');
  await fill('Numbers, one a line', '+15550100001\n+15550199999');
  await click('Check');
  await page.locator('td ::-p-text(Yes)').wait();
  expect(await violations()).toEqual([]);
});

it('says while one types whether a number is known, and exports what the filters show', async () => {
  const { open, click, fill, sees, violations, page } = owner;
  await open('/messages?compose=true');
  await fill('To', '+1 555 010 0001');
  await sees('On WhatsApp');
  await fill('Text', 'Later', 'textbox');
  await page.locator('[aria-label="Preview"] ::-p-text(Later)').wait();
  expect(await violations()).toEqual([]);
  await open('/messages?direction=inbound');
  // What comes late would close the menu.
  await page.locator('tbody tr').wait();
  await click('Export');
  await page.locator('::-p-aria(As JSON Lines[role="menuitem"])').wait();
  expect(await violations()).toEqual([]);
  const file = await downloaded(page, join(desk.deployment.directory, 'exported'), () =>
    click('As JSON Lines', 'menuitem'),
  );
  expect(file.name).toMatch(/^waypost-messages-.*\.jsonl$/);
  const Line = z.object({ direction: z.string(), chatId: z.string() });
  const lines = file.text.trimEnd().split('\n');
  const rows = lines.map((line) => Line.parse(JSON.parse(line)));
  expect(new Set(rows.map(({ direction }) => direction))).toEqual(new Set(['inbound']));
  expect(rows.map(({ chatId }) => chatId)).toContain('15550100043@c.us');
});

it('links a session by a pairing code that is typed on the phone, and watches presences', async () => {
  const { open, click, fill, sees, violations, page } = owner;
  const { api } = desk.deployment;
  const body = { name: 'by code', mode: 'sandbox' };
  const { id } = (await api.call('POST', '/v1/sessions', { body })).data(SessionView);
  // Presences are shown to who is online, which takes effect with a new browser.
  await api.call('PATCH', `/v1/sessions/${id}`, { body: { alwaysOnline: true } });
  await api.call('POST', `/v1/sessions/${id}/stop`);
  await api.call('POST', `/v1/sessions/${id}/start`);
  const hasCode = async (): Promise<true | undefined> =>
    (await api.call('GET', `/v1/sessions/${id}`)).data(SessionView).status === 'qr' || undefined;
  await until('the new browser to show a code', hasCode, COMES_UP_WITHIN_MS);
  await open(`/sessions/${id}`);
  await click('No camera? Use a pairing code');
  await fill('Number of the phone', 'nobody');
  await click('Get a pairing code');
  await page.locator('::-p-aria(Number of the phone):is([aria-invalid=true])').wait();
  await fill('Number of the phone', '+1 555 017 7001');
  await click('Get a pairing code');
  await page.locator('::-p-aria(Copy Pairing code)').wait();
  expect(await violations()).toEqual([]);
  await click('Type it on the sandbox phone');
  await sees('Sends and receives.');
  await page.locator('main ::-p-text(+15550177001)').wait();
  const watched = async () =>
    (await api.call('GET', `/v1/sessions/${id}`)).data(
      z.object({ presenceOf: z.array(z.string()) }),
    ).presenceOf;
  await open(`/sessions/${id}?tab=settings`);
  await sees('Nobody is watched.');
  await fill('Watch this person', 'nobody');
  await click('Watch');
  await page.locator('::-p-aria(Watch this person):is([aria-invalid=true])').wait();
  expect(await violations()).toEqual([]);
  await fill('Watch this person', '+1 555 010 0001');
  await click('Watch');
  await page.locator('::-p-aria(Remove +15550100001)').wait();
  expect(await watched()).toEqual(['15550100001@c.us']);
  expect(await violations()).toEqual([]);
  await click('Remove +15550100001');
  await sees('Nobody is watched.');
  expect(await watched()).toEqual([]);
});

it('takes back what is scheduled, and looks at the page of a session', async () => {
  const { open, click, sees, violations, page } = owner;
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const body = { to: '+15550100010', text: 'Not yet', sendAt };
  const sent = await desk.deployment.api.call('POST', '/v1/messages/text', { body });
  const { id } = sent.data(z.object({ id: z.string() }));
  await open(`/messages?message=${id}`);
  await sees('To be sent');
  expect(await violations()).toEqual([]);
  await click('Do not send it');
  await page.locator('dialog [role="status"] ::-p-text(Failed)').wait();
  await open(`/sessions/${sessionId}`);
  await click('Take a screenshot');
  await page.waitForFunction(
    `document.querySelector('img[alt="Page of the session"]')?.naturalWidth > 0`,
  );
  expect(await violations()).toEqual([]);
});

it('stops, archives, brings back and deletes a session, and says first what that does', async () => {
  const { open, click, fill, sees, arrives, violations } = owner;
  const { api } = desk.deployment;
  const made = await api.call('POST', '/v1/sessions', {
    body: { name: 'passing', mode: 'sandbox' },
  });
  const { id } = made.data(z.object({ id: z.string() }));
  const choose = async (action: string): Promise<void> => {
    await click('Actions for passing');
    await click(action, 'menuitem');
  };
  const listed = async (): Promise<boolean> =>
    (await api.call('GET', '/v1/sessions')).text.includes(id);
  await open(`/sessions/${id}`);
  await sees('Scan the code with WhatsApp on the phone.');
  await choose('Stop');
  await sees('Start it again without scanning.');
  await sees('New sends are refused until it is online again.');
  await click('Stop');
  await sees('It does not run.');
  const body = { sessionId: 'passing', to: '+15550100010', text: 'Too late' };
  const refused = await api.call('POST', '/v1/messages/text', { body });
  expect(refused.text).toContain('SESSION_NOT_READY');

  await choose('Archive');
  await sees('The session is stopped and hidden.');
  expect(await violations()).toEqual([]);
  await click('Archive');
  await owner.page.waitForSelector('dialog', { hidden: true });
  expect(await listed()).toBe(false);
  await open('/sessions?archived=true');
  await choose('Restore from archive');
  await sees('No archived sessions');
  expect(await listed()).toBe(true);

  await open(`/sessions/${id}`);
  await choose('Delete');
  await sees('deleted with all its messages');
  expect(await violations()).toEqual([]);
  await owner.page.locator('::-p-aria(Delete[role="button"]):is([disabled])').wait();
  await fill('Type passing to confirm', 'passing');
  await click('Delete');
  await arrives(/^\/sessions$/);
  expect((await api.call('GET', `/v1/sessions/${id}`)).status).toBe(404);
});

it('says that it asks every few seconds where no socket is let through, and still shows what is new', async () => {
  const { open, sees, page } = owner;
  // A proxy that knows no sockets answers as this page of ours does.
  const refusing = `window.WebSocket = class extends WebSocket {
    constructor(url, protocols) { super(new URL('/health', url), protocols); }
  }`;
  const { identifier } = await page.evaluateOnNewDocument(refusing);
  await open('/messages');
  await sees('Updates every 3 s.');
  const body = { to: '+15550100010', text: 'Found without a socket' };
  await desk.deployment.api.call('POST', '/v1/messages/text', { body });
  await page.locator('main [role="status"] button').click();
  await sees('Found without a socket');
  expect(await page.evaluate('document.body.innerText')).toContain('Updates every 3 s.');
  await page.removeScriptToEvaluateOnNewDocument(identifier);
});

it('never shows a code that is over, rotation after rotation', { timeout: 240_000 }, async () => {
  const { open, page } = owner;
  const { api } = desk.deployment;
  const made = await api.call('POST', '/v1/sessions', {
    body: { name: 'rotating', mode: 'sandbox' },
  });
  const { id } = made.data(z.object({ id: z.string() }));
  await open(`/sessions/${id}`);
  let before = '';
  for (const rotation of [1, 2, 3]) {
    const shown = await shownCode(page, before);
    const answer = await api.call('GET', `/v1/sessions/${id}/qr`);
    const { dataUrl } = answer.data(z.object({ dataUrl: z.string() }));
    expect(dataUrl, `code ${rotation}`).toBe(shown);
    before = shown;
  }
});

/** The code on the page, once it is another one. */
async function shownCode(page: Page, before: string): Promise<string> {
  const another = `(() => {
    const source = document.querySelector('img[alt="QR code to scan with WhatsApp"]')?.src;
    return source === ${JSON.stringify(before)} ? null : source;
  })()`;
  const found = await page.waitForFunction(another, { timeout: 90_000 });
  return z.string().parse(await found.jsonValue());
}
