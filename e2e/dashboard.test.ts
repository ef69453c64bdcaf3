import { randomUUID } from 'node:crypto';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newVisitor, type Visitor } from './testing/browser.ts';
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
    await arrives(/^\/sessions$/);
    await sees('No sessions yet');
    expect(await visitor.violations()).toEqual([]);
    await open('/sign-up');
    await open('/');
    await arrives(/^\/sessions$/);
  });

  it('creates a sandbox session, and links it by one click', async () => {
    const { page, click, fill, sees, arrives } = visitor;
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
      await click(tab, 'link');
      await sees(tab === 'Activity' ? 'authenticated' : 'Save settings');
      expect(await visitor.violations()).toEqual([]);
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
    await owner.arrives(/^\/sessions$/);
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
