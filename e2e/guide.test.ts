import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, newVisitor, type Visitor } from './testing/browser.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';

let deployment: Deployment;
let browser: Browser;
let reader: Visitor;
let apiUrl = '';
beforeAll(async () => {
  [deployment, browser] = await Promise.all([startDeployment(), launchBrowser()]);
  ({ apiUrl } = await deployment.facts());
  reader = await newVisitor(browser, apiUrl);
});
afterAll(async () => {
  expect(reader.complaints).toEqual([]);
  await Promise.all([deployment.dispose(), browser.close()]);
});

it('has each page that a page links to, with the place that the link names', async () => {
  const pages = new Map<string, { html: string; links: string[] }>();
  const read = async (path: string): Promise<void> => {
    if (pages.has(path)) return;
    const answer = await fetch(new URL(path, apiUrl));
    const html = answer.ok ? await answer.text() : '';
    const links = Array.from(html.matchAll(/ href="([^"]+)"/g), ([, link = '']) =>
      new URL(link, new URL(path, apiUrl)).href.slice(apiUrl.length),
    ).filter((link) => link.startsWith('/'));
    pages.set(path, { html, links });
    if (path.startsWith('/guide'))
      for (const link of links) await read(link.replace(/#.*/, '') || '/');
  };
  await read('/guide');
  const dead = [...pages].flatMap(([page, { links }]) =>
    links
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const { html = '' } = pages.get(path || '/') ?? {};
        const isThere =
          anchor === undefined || html.includes(` id="${decodeURIComponent(anchor)}"`);
        return page.startsWith('/guide') && (html === '' || !isThere);
      })
      .map((link) => `${page}: ${link}`),
  );
  expect(dead).toEqual([]);
  const guide = [...pages.keys()].filter((path) => /^\/guide(?:\/|$)/.test(path));
  expect(guide).toEqual(expect.arrayContaining(['/guide/quick-start', '/guide/api/messages']));
  expect((await fetch(new URL('/guide/', apiUrl))).status).toBe(200);
  expect((await fetch(new URL('/guide/nothing', apiUrl))).status).toBe(404);
});

it('finds words, and leads to their place', async () => {
  const { page, open, violations } = reader;
  await open('/guide/quick-start');
  expect(await violations()).toEqual([]);
  await page.locator('#search').fill('rotate secret');
  await page.locator('#results a').wait();
  expect(await violations()).toEqual([]);
  await page.locator('#results a ::-p-text(Give an endpoint a new signing secret)').click();
  await reader.arrives(/^\/guide\/api\/webhooks$/);
});

it('shows each example in the language that was chosen, with the address of this deployment', async () => {
  const { page, open, click, violations } = reader;
  await open('/guide/quick-start');
  await click('Python');
  await open('/guide/api/messages');
  const shown = await page.$$eval('.variant:not([hidden]) code', (all) =>
    all.map(({ textContent }) => textContent),
  );
  expect(shown.length).toBeGreaterThan(20);
  for (const code of shown) expect(code).toMatch(/^import json/);
  expect(shown[0]).toContain(`"${new URL('/v1/messages/text', apiUrl).href}"`);
  expect(await violations()).toEqual([]);
});

it('is readable on a phone', async () => {
  const { page, open, violations } = reader;
  await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true });
  for (const path of ['/guide', '/guide/environment', '/guide/verify-webhooks']) {
    await open(path);
    expect(await violations(), path).toEqual([]);
    const overflow = 'document.documentElement.scrollWidth - window.innerWidth';
    expect(await page.evaluate(overflow), path).toBeLessThanOrEqual(0);
  }
});
