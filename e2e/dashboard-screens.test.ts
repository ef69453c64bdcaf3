import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HTTPRequest } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { boxUrl } from '../local/inspector/box-url.ts';
import type { Visitor } from './testing/browser.ts';
import { type Desk, openDashboard } from './testing/dashboard.ts';

const FOLDER = fileURLToPath(new URL('screenshots/', import.meta.url));
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const DESK = { width: 1_280, height: 900 };
const THEMES = ['light', 'dark'] as const;

let desk: Desk;
let owner: Visitor;
let sessionId = '';
/** What the addresses of SCREENS name. */
const ids = { SESSION: '', MESSAGE: '', WEBHOOK: '' };
const addressOf = (path: string): string =>
  Object.entries(ids).reduce((address, [name, id]) => address.replace(name, id), path);
const Id = z.object({ id: z.string() });
beforeAll(async () => {
  desk = await openDashboard();
  ({ owner } = desk);
  ({ sessionId } = await desk.deployment.facts());
  const { api } = desk.deployment;
  const from = '+15550100042';
  const body = { from, name: 'Uma', text: 'When does it arrive?' };
  await api.call('POST', `/v1/sessions/${sessionId}/sandbox/messages`, { body });
  const order = { to: from, text: 'Your order has shipped' };
  const headers = { prefer: 'wait=20' };
  const sent = await api.call('POST', '/v1/messages/text', { body: order, headers });
  await api.call('POST', '/v1/leads', { body: { person: from, name: 'Uma Keller' } });
  const [webhook] = (await api.call('GET', '/v1/webhooks')).data(z.array(Id));
  Object.assign(ids, { SESSION: sessionId, MESSAGE: sent.data(Id).id, WEBHOOK: webhook?.id });
  await mkdir(FOLDER, { recursive: true });
});
afterAll(async () => {
  expect(owner.complaints).toEqual([]);
  await desk.dispose();
});

const SCREENS = [
  ['overview', '/'],
  ['sessions', '/sessions'],
  ['session', '/sessions/SESSION'],
  ['phone', '/sessions/SESSION?tab=phone'],
  ['activity', '/sessions/SESSION?tab=activity'],
  ['metrics', '/sessions/SESSION?tab=metrics'],
  ['session-settings', '/sessions/SESSION?tab=settings'],
  ['messages', '/messages'],
  ['message', '/messages?message=MESSAGE'],
  ['compose', '/messages?compose=true'],
  ['chats', '/chats?chat=15550100042@c.us'],
  ['contacts', '/contacts'],
  ['groups', '/contacts?tab=groups'],
  ['check', '/contacts?tab=check'],
  ['leads', '/leads'],
  ['media', '/media'],
  ['webhooks', '/webhooks'],
  ['new-webhook', '/webhooks?create=true'],
  ['webhook', '/webhooks/WEBHOOK'],
  ['events', '/events'],
  ['statistics', '/statistics'],
  ['keys', '/keys'],
  ['new-key', '/keys?create=true'],
  ['settings', '/settings'],
  ['members', '/settings?tab=members'],
  ['privacy', '/settings?tab=privacy'],
  ['audit', '/settings?tab=audit'],
  ['runners', '/administration'],
  ['workspaces', '/administration?tab=workspaces'],
  ['all-sessions', '/administration?tab=sessions'],
  ['people', '/administration?tab=people'],
  ['welcome', '/welcome'],
] as const;

describe.each(SCREENS)('the screen %s', (name, path) => {
  it('is readable in both themes, on a desk and on a phone', async () => {
    const { page, open } = owner;
    for (const [place, size] of [
      ['desk', DESK],
      ['phone', PHONE],
    ] as const) {
      await page.setViewport(size);
      await open(addressOf(path));
      await page.locator('h1').wait();
      await page.waitForFunction(`document.querySelector('[aria-label="Loading"]') === null`);
      expect(await owner.violations(), place).toEqual([]);
      for (const theme of THEMES) {
        await page.emulateMediaFeatures([
          { name: 'prefers-color-scheme', value: theme },
          { name: 'prefers-reduced-motion', value: 'reduce' },
        ]);
        await page.screenshot({ path: join(FOLDER, `${name}-${place}-${theme}.png`) });
      }
      // A phone widens its window to what does not fit, and its bottom bar is then out of sight.
      expect(await page.evaluate('document.documentElement.scrollWidth'), place).toBe(size.width);
    }
    await page.setViewport(DESK);
  });
});

describe('an API that does not answer as it should', () => {
  const intercept = async (
    answer: (request: HTTPRequest) => void,
  ): Promise<() => Promise<void>> => {
    const { page } = owner;
    const listener = (request: HTTPRequest): void => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/v1/') && pathname !== '/v1/me') answer(request);
      else void request.continue();
    };
    await page.setRequestInterception(true);
    page.on('request', listener);
    return async () => {
      page.off('request', listener);
      await page.setRequestInterception(false);
    };
  };
  const refusal = (status: number, code: string, message: string) => ({
    status,
    contentType: 'application/json',
    body: JSON.stringify({
      success: false,
      error: { code, message },
      meta: { requestId: 'req_1', timestamp: new Date().toISOString() },
    }),
  });

  it('is shown as loading, then as failed with its request id, and is asked again', async () => {
    const held: HTTPRequest[] = [];
    const stop = await intercept((request) => void held.push(request));
    await owner.open('/leads');
    // The page before the app says the same.
    await owner.sees('Leads');
    await owner.page.locator('[aria-label="Loading"]').wait();
    expect(await owner.violations()).toEqual([]);
    await stop().catch(() => undefined);
    const failing = await intercept(
      (request) => void request.respond(refusal(500, 'INTERNAL', 'Something broke.')),
    );
    await owner.open('/leads');
    await owner.sees('Something broke.');
    await owner.sees('req_1');
    expect(await owner.violations()).toEqual([]);
    await failing();
    await owner.click('Try again');
    await owner.sees('Uma Keller');
  });

  it('is said of content that has expired, in place of what it was', async () => {
    const path = `/v1/messages/${ids.MESSAGE}`;
    const kept = await desk.deployment.api.call('GET', path);
    const message = kept.data(z.looseObject({ content: z.unknown() }));
    const data = { ...message, content: {}, contentExpiredAt: '2026-11-20T12:00:00.000Z' };
    const body = JSON.stringify({ success: true, data, meta: {} });
    const stop = await intercept((request) => {
      const isAsked = new URL(request.url()).pathname === path;
      const answer = { status: 200, contentType: 'application/json', body };
      void (isAsked ? request.respond(answer) : request.continue());
    });
    await owner.open(addressOf('/messages?message=MESSAGE'));
    await owner.sees('Content has expired');
    expect(await owner.violations()).toEqual([]);
    await stop();
  });

  it('is told who can help where a right is missing', async () => {
    const stop = await intercept(
      (request) => void request.respond(refusal(403, 'FORBIDDEN', 'You may not do that.')),
    );
    for (const path of ['/leads', '/media', '/webhooks', '/statistics', '/keys']) {
      await owner.open(path);
      await owner.sees('An owner of the workspace can give you access');
    }
    expect(await owner.violations()).toEqual([]);
    await stop();
  });
});

describe('the forms of keys and webhooks', () => {
  const choose = (label: string, value: string) =>
    owner.page.locator(`::-p-aria(${label}[role="combobox"])`).fill(value);
  const isWrong = (label: string) =>
    owner.page.locator(`::-p-aria(${label}):is([aria-invalid=true])`).wait();
  const closes = () => owner.page.waitForSelector('dialog', { hidden: true });

  // React does not notice how a locator fills a time.
  const typedTime = (time: string): string => `(() => {
    const input = document.querySelector('dialog input[type="datetime-local"]');
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, '${time}');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  })()`;

  it('narrow a key to a session, a time and addresses, and change that later', async () => {
    const { page, open, click, fill, sees, violations } = owner;
    const keyNamed = async (name: string) =>
      (await desk.deployment.api.call('GET', '/v1/keys'))
        .data(z.array(z.looseObject({ name: z.string() })))
        .find((key) => key.name === name);
    await open('/keys?create=true');
    await fill('Name', 'narrow');
    await choose('Session', sessionId);
    await page.evaluate(typedTime('2099-01-02T03:04'));
    await fill('IP addresses', '203.0.113.9\nnot an address');
    await click('Create key');
    await isWrong('IP addresses');
    expect(await violations()).toEqual([]);
    await fill('IP addresses', '203.0.113.9');
    await click('Create key');
    await click('I have stored it');
    await sees('1 address');
    const expiresAt = new Date('2099-01-02T03:04').toISOString();
    const narrowed = { sessionId, expiresAt, allowedIps: ['203.0.113.9/32'] };
    expect(await keyNamed('narrow')).toMatchObject(narrowed);

    await click('Actions for narrow');
    await click('Change', 'menuitem');
    await fill('IP addresses', '2001:db8::/32');
    expect(await violations()).toEqual([]);
    await click('Save');
    await closes();
    expect(await keyNamed('narrow')).toMatchObject({ ...narrowed, allowedIps: ['2001:db8::/32'] });
  });

  it('deliver events of some sessions, with headers and retries of one’s own', async () => {
    const { open, click, fill, sees, violations } = owner;
    const { api, facts } = desk.deployment;
    const { webhookInspectorUrl, visitorSecret } = await facts();
    const { name } = (await api.call('GET', `/v1/sessions/${sessionId}`)).data(
      z.object({ name: z.string() }),
    );
    const url = boxUrl(webhookInspectorUrl, visitorSecret, 'forms');
    await open('/webhooks?create=true');
    await fill('Address', url);
    await click(name, 'checkbox');
    await fill('Headers', 'x-shop: 7\nhost: elsewhere');
    await choose('Retries after a failure', 'own');
    await fill('Pauses in seconds', '10, 60');
    await click('Create webhook');
    await isWrong('Headers');
    expect(await violations()).toEqual([]);
    await fill('Headers', 'x-shop: 7');
    await click('Create webhook');
    await click('I have stored it');
    await sees('3 attempts');
    await sees('x-shop');
    await click(`Actions for ${url}`);
    await click('Change', 'menuitem');
    await choose('Retries after a failure', 'quick');
    await click('Save');
    await closes();
    await sees('5 attempts');
    const made = (await api.call('GET', '/v1/webhooks'))
      .data(z.array(z.looseObject({ url: z.string() })))
      .find((webhook) => webhook.url === url);
    expect(made).toMatchObject({
      sessionIds: [sessionId],
      headers: { 'x-shop': '7' },
      retryDelays: [5, 30, 120, 600],
    });
  });
});

it('comes compressed, where no one else compresses', async () => {
  const { apiUrl } = desk;
  const page = await (await fetch(apiUrl)).text();
  const [script = ''] = /\/dashboard-assets\/index-[\w-]+\.js/.exec(page) ?? [];
  for (const path of ['/', script, '/openapi.json']) {
    const whole = await fetch(apiUrl + path, { headers: { 'accept-encoding': 'identity' } });
    const packed = await fetch(apiUrl + path, { headers: { 'accept-encoding': 'gzip' } });
    expect(whole.headers.get('content-encoding'), path).toBeNull();
    expect(packed.headers.get('content-encoding'), path).toBe('gzip');
    expect(await packed.text(), path).toBe(await whole.text());
  }
});
