import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HTTPRequest } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from './testing/browser.ts';
import { type Desk, openDashboard } from './testing/dashboard.ts';

const FOLDER = fileURLToPath(new URL('screenshots/', import.meta.url));
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const DESK = { width: 1_280, height: 900 };
const THEMES = ['light', 'dark'] as const;

let desk: Desk;
let owner: Visitor;
let sessionId = '';
beforeAll(async () => {
  desk = await openDashboard();
  ({ owner } = desk);
  ({ sessionId } = await desk.deployment.facts());
  const { api } = desk.deployment;
  const from = '+15550100042';
  const body = { from, name: 'Uma', text: 'When does it arrive?' };
  await api.call('POST', `/v1/sessions/${sessionId}/sandbox/messages`, { body });
  const order = { to: from, text: 'Your order has shipped' };
  await api.call('POST', '/v1/messages/text', { body: order, headers: { prefer: 'wait=20' } });
  await api.call('POST', '/v1/leads', { body: { person: from, name: 'Uma Keller' } });
  await mkdir(FOLDER, { recursive: true });
});
afterAll(async () => {
  expect(owner.complaints).toEqual([]);
  await desk.dispose();
});

const SCREENS = [
  ['overview', '/'],
  ['sessions', '/sessions'],
  ['session', '/sessions/ID'],
  ['phone', '/sessions/ID?tab=phone'],
  ['activity', '/sessions/ID?tab=activity'],
  ['metrics', '/sessions/ID?tab=metrics'],
  ['session-settings', '/sessions/ID?tab=settings'],
  ['messages', '/messages'],
  ['compose', '/messages?compose=true'],
  ['chats', '/chats?chat=15550100042@c.us'],
  ['contacts', '/contacts'],
  ['groups', '/contacts?tab=groups'],
  ['check', '/contacts?tab=check'],
  ['leads', '/leads'],
  ['media', '/media'],
  ['webhooks', '/webhooks'],
  ['events', '/events'],
  ['statistics', '/statistics'],
  ['keys', '/keys'],
  ['settings', '/settings'],
  ['members', '/settings?tab=members'],
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
      await open(path.replace('ID', sessionId));
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
      const overflow = 'document.documentElement.scrollWidth - window.innerWidth';
      expect(await page.evaluate(overflow), place).toBeLessThanOrEqual(0);
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
