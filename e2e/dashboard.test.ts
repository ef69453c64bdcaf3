import { randomUUID } from 'node:crypto';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newVisitor, type Visitor } from './testing/browser.ts';
import { boxUrl } from '../local/inspector/box-url.ts';
import { signUp } from './testing/account.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { linkMailedTo } from './testing/mail-client.ts';

let deployment: Deployment;
let browser: Browser;
let apiUrl = '';
beforeAll(async () => {
  [deployment, browser] = await Promise.all([startDeployment(), launchBrowser()]);
  ({ apiUrl } = await deployment.facts());
});
afterAll(async () => {
  await Promise.all([deployment.dispose(), browser.close()]);
});

describe('somebody new', () => {
  const email = `newcomer-${randomUUID().slice(0, 8)}@example.com`;
  const password = `correct horse ${randomUUID()}`;
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await newVisitor(browser, apiUrl);
  });
  afterAll(async () => {
    expect(visitor.complaints).toEqual([]);
    await visitor.leave();
  });

  it('is led to sign in, and signs up; what is wrong stands at its field', async () => {
    const { open, arrives, click, fill, sees } = visitor;
    await open('/');
    await arrives(/^\/sign-in$/);
    expect(await visitor.violations()).toEqual([]);
    await click('Create an account', 'link');
    await fill('Your name', 'Ann');
    await fill('E-mail address', 'not an address');
    await fill('Password', 'short');
    await click('Create an account');
    await visitor.page.locator('::-p-aria(E-mail address):is([aria-invalid=true])').wait();
    expect(await visitor.violations()).toEqual([]);
    await fill('E-mail address', email);
    await fill('Password', password);
    await click('Create an account');
    await sees('Check your mail');
  });

  it('confirms the address by the mailed link, and signs in', async () => {
    const { page, open, arrives, click, fill, sees } = visitor;
    await page.goto((await linkMailedTo(await deployment.facts(), email, /confirm/i)).href);
    await sees('Your address is confirmed');
    await fill('E-mail address', email);
    await fill('Password', 'not the password');
    await click('Sign in');
    await sees('The address or the password is wrong');
    await fill('Password', password);
    await click('Sign in');
    await arrives(/^\/$/);
    await sees('Let us link a number');
    expect(await visitor.violations()).toEqual([]);
    await open('/sessions');
    await sees('No sessions yet');
    expect(await visitor.violations()).toEqual([]);
  });

  it('gets from nothing to a webhook that arrives, on one page', async () => {
    const { page, click, fill, sees, arrives, violations } = visitor;
    const isDone = (step: number) =>
      page.locator(`main ol > li:nth-child(${step}) > span > svg`).wait();
    await click('Create a sandbox session', 'link');
    await arrives(/^\/welcome$/);
    expect(await violations()).toEqual([]);
    await click('Create a sandbox session');
    await sees('sandbox is online.');
    await click('Send it');
    await isDone(2);
    await click('Create a key');
    await sees('wp_live_');
    const { webhookInspectorUrl, visitorSecret } = await deployment.facts();
    await fill('Address of your program', boxUrl(webhookInspectorUrl, visitorSecret, 'dashboard'));
    await click('Create it and send a test');
    await isDone(4);
    expect(await violations()).toEqual([]);
  });

  it('finds the message with its times, filters by the address, and sends another kind', async () => {
    const { open, click, fill, sees, arrives, violations } = visitor;
    await click('Open the message', 'link');
    await arrives(/^\/messages\?message=msg_/);
    await sees('Delivered to the phone');
    expect(await violations()).toEqual([]);
    await click('Close');
    await open('/messages?direction=inbound');
    await sees('You said: Hello from Waypost');
    await open('/messages?status=failed');
    await sees('No message fits these filters');
    expect(await violations()).toEqual([]);
    await click('Send a message');
    await fill('To', '+15550100011');
    await visitor.page.locator('::-p-aria(Kind)').fill('poll');
    await fill('Question', 'Lunch?');
    await fill('Answers, one a line', 'Pizza\nSalad');
    expect(await violations()).toEqual([]);
    await click('Send');
    await arrives(/^\/messages\?message=msg_/);
    await sees('Sent to WhatsApp');
  });

  it('sees deliveries with their attempts, and rotates the secret', async () => {
    const { open, click, sees, violations } = visitor;
    await open('/webhooks');
    await click('Webhooks', 'link');
    await visitor.page.locator('table a').click();
    await click('Send a test event');
    await click('Send');
    await sees('webhook.test is on its way.');
    await visitor.page.locator('summary').click();
    await sees('Attempt 1');
    expect(await violations()).toEqual([]);
    await visitor.page.locator('main button[aria-label^="Actions for"]').click();
    await click('Rotate the secret', 'menuitem');
    await click('Rotate the secret');
    await sees('The signing secret');
    expect(await violations()).toEqual([]);
    await click('I have stored it');
  });

  it('makes a key that can reach the sandbox only, and revokes it', async () => {
    const { open, click, fill, sees, violations } = visitor;
    await open('/keys?create=true');
    await fill('Name', 'shop');
    await click('Sandbox only', 'radio');
    expect(await violations()).toEqual([]);
    await click('Create key');
    await sees('wp_test_');
    expect(await violations()).toEqual([]);
    await click('I have stored it');
    expect(await violations()).toEqual([]);
    await click('Actions for shop');
    await click('Revoke', 'menuitem');
    await click('Revoke');
    await visitor.page.waitForFunction(`!document.body.innerText.includes('shop')`);
  });

  it('is shown what happens without asking, and rows stay where they are', async () => {
    const { open, click, fill, sees } = visitor;
    await open('/messages');
    await sees('Updates at once.');
    await click('Send a message');
    await fill('To', '+15550100012');
    await fill('Text', 'Anybody there?', 'textbox');
    await click('Send');
    await sees('Sent to WhatsApp');
    await click('Close');
    await visitor.page.locator('main [role="status"] button').click();
    await sees('Anybody there?');
    expect(visitor.complaints).toEqual([]);
  });

  it('names the workspace, invites somebody, and reads who did what', async () => {
    const { open, click, fill, sees, violations } = visitor;
    await open('/settings');
    await fill('Name', 'Order desk');
    await fill('Time zone', 'Mars/Olympus');
    await click('Save settings');
    await visitor.page.locator('::-p-aria(Time zone):is([aria-invalid=true])').wait();
    await fill('Time zone', 'Europe/Berlin');
    await fill('Stop words', 'STOP, unsubscribe');
    await click('Make a lead of whoever writes', 'checkbox');
    await click('Save settings');
    await sees('Saved');
    await sees('Order desk');
    await visitor.page.reload();
    await visitor.page.locator('::-p-aria(Stop words):is([value="stop, unsubscribe"])').wait();
    expect(await violations()).toEqual([]);
    await click('Members', 'link');
    await fill('E-mail address', `friend-${randomUUID().slice(0, 8)}@example.com`);
    await click('Send the invitation');
    await visitor.page.locator('::-p-text(Revoke)').wait();
    expect(await violations()).toEqual([]);
    await click('Audit log', 'link');
    await sees('invitation.created');
    expect(await violations()).toEqual([]);
  });

  it('creates a sandbox session, and links it by one click', async () => {
    const { page, click, fill, sees, arrives } = visitor;
    await visitor.open('/sessions');
    await click('New session');
    await fill('Name', 'my sandbox');
    expect(await visitor.violations()).toEqual([]);
    await click('Create session');
    await arrives(/^\/sessions\/ses_/);
    await page.locator('::-p-aria(QR code to scan with WhatsApp)').wait();
    expect(await visitor.violations()).toEqual([]);
    await click('Scan with the sandbox phone');
    await sees('Sends and receives.');
    expect(await visitor.violations()).toEqual([]);
    for (const tab of ['Activity', 'Settings']) {
      await page.locator(`main nav ::-p-text(${tab})`).click();
      await sees(tab === 'Activity' ? 'authenticated' : 'Save settings');
      expect(await visitor.violations()).toEqual([]);
    }
    await fill('Address', 'http://proxy.example.com:8080');
    await fill('Password', 'secret');
    await click('Use this proxy');
    await page.locator('::-p-aria(User name):is([aria-invalid=true])').wait();
    await fill('User name', 'ann');
    await click('Use this proxy');
    await sees('Uses http://');
    expect(await page.content()).not.toContain('secret');
    await click('Use none');
    await sees('Uses none.');
  });

  it('opens a menu by a key, and is back at its button after Escape', async () => {
    const { page } = visitor;
    const button = '[aria-label="Actions for my sandbox"]';
    const focused = async (what: string) =>
      (await page.waitForFunction(`document.activeElement.matches('${what}')`)).jsonValue();
    for (const key of ['Enter', 'ArrowDown'] as const) {
      await page.focus(button);
      await page.keyboard.press(key);
      expect(await focused('[role=menuitem]:first-child')).toBe(true);
      await page.keyboard.press('Escape');
      expect(await focused(button)).toBe(true);
    }
  });

  it('is told what logging out does to link and queue before it is done', async () => {
    const { click, sees } = visitor;
    await click('Actions for my sandbox');
    await click('Log out', 'menuitem');
    await sees('The link with the phone is removed at WhatsApp');
    await sees('Queued messages wait');
    expect(await visitor.violations()).toEqual([]);
    await click('Log out');
    await sees('The phone no longer lists this device.');
  });
});

describe('the local owner', () => {
  it('is signed in once by the link that npm start prints', async () => {
    const [link = ''] = /\/sign-in\/link#\S+/.exec(deployment.output()) ?? [];
    const owner = await newVisitor(browser, apiUrl);
    await owner.open(link);
    await owner.arrives(/^\/$/);
    await owner.sees('My workspace');
    expect(owner.complaints).toEqual([]);
    await owner.leave();
    const second = await newVisitor(browser, apiUrl);
    await second.open(link);
    await second.sees('This link was used already');
    expect(await second.violations()).toEqual([]);
    await second.leave();
  });
});

describe('a member with few rights', () => {
  it('joins by the mailed invitation, and sees nothing of what is not theirs', async () => {
    const member = await signUp(deployment, 'member');
    const owner = await signUp(deployment, 'owner');
    const body = { email: member.email };
    expect((await owner.api.call('POST', '/v1/workspace/invitations', { body })).status).toBe(201);
    const link = await linkMailedTo(await deployment.facts(), member.email, /invited/i);
    const visitor = await newVisitor(browser, apiUrl);
    const { click, fill, sees, arrives, open, violations } = visitor;
    await open(link.href);
    await click('Join');
    await click('Sign in', 'link');
    await fill('E-mail address', member.email);
    await fill('Password', member.password);
    await click('Sign in');
    await arrives(/^\/invitations/);
    await click('Join');
    await arrives(/^\/$/);
    await sees('Let us link a number');
    await open(`/sessions/${(await deployment.facts()).sessionId}`);
    await sees('No such session in this workspace');
    expect(await violations()).toEqual([]);
    await open('/settings?tab=audit');
    await sees('An owner of the workspace can give you access');
    expect(await violations()).toEqual([]);
    expect(visitor.complaints).toEqual([]);
    await visitor.leave();
  });
});
