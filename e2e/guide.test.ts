import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestNeon, type TestNeon } from '../local/neon/testing/server.ts';
import {
  hasRedisServer,
  startRedisServer,
  type TestRedisServer,
} from '../local/redis/testing/server.ts';
import { type Cast, newAddress, newCast } from './guide/cast.ts';
import { followsGuides } from './guide/follow.ts';
import { commandsWith, operate } from './guide/operator.ts';
import { runsPrograms } from './guide/programs.ts';
import { runsSnippets } from './guide/snippets.ts';
import { launchBrowser, newVisitor, type Visitor } from './testing/browser.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { type FileServer, startFileServer } from './testing/file-server.ts';
import { settingsOf } from './testing/settings.ts';
import { until } from './testing/until.ts';

const ADMINS = {
  cURL: newAddress('curl'),
  Node: newAddress('node'),
  Python: newAddress('python'),
  guides: newAddress('guides'),
};

let postgres: TestNeon;
let redis: TestRedisServer | undefined;
let databaseUrl = '';
let files: FileServer;
let deployment: Deployment;
let browser: Browser;
let reader: Visitor;
let apiUrl = '';
beforeAll(async () => {
  [postgres, files] = await Promise.all([startTestNeon(), startFileServer()]);
  databaseUrl = await postgres.createDatabase();
  redis = hasRedisServer ? await startRedisServer(tmpdir()) : undefined;
  const environment = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis?.url ?? '',
    ADMIN_EMAILS: Object.values(ADMINS).join(),
    EGRESS_ALLOW: files.host,
  };
  [deployment, browser] = await Promise.all([startDeployment({ environment }), launchBrowser()]);
  ({ apiUrl } = await deployment.facts());
  reader = await newVisitor(browser, apiUrl);
});
afterAll(async () => {
  expect(reader.complaints).toEqual([]);
  await Promise.all([deployment.dispose(), browser.close(), files.close()]);
  await Promise.all([postgres.close(), redis?.close()]);
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

describe('a reader who does what the guide says', () => {
  let cast: Cast;
  beforeAll(async () => {
    cast = await newCast(deployment, ADMINS.guides);
  });

  followsGuides(
    () => cast,
    () => files,
  );
  runsSnippets(() => cast);
});

describe('the API reference', () => {
  runsPrograms(() => deployment, ADMINS);
});

describe('PostgreSQL and Redis of one’s own', () => {
  it('have what was done', async () => {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client.query('select id from messages limit 51');
    await client.end();
    expect(rows).toHaveLength(51);
  });

  it.runIf(hasRedisServer)('count what keys may do', async () => {
    const client = new Redis(redis?.url ?? '');
    expect(await client.dbsize()).toBeGreaterThan(0);
    await client.quit();
  });

  it.each(commandsWith('docs/operations.md', 'npm run doctor'))(
    'are found well by %s',
    async (command) => {
      const { secrets } = await settingsOf(deployment.directory);
      const names = {
        'METRICS_TOKEN=…': `METRICS_TOKEN=${secrets.metricsToken}`,
        'https://wa.example.com': apiUrl,
      };
      // The first round of cron comes with the next minute.
      const said = await until(
        'the doctor to find nothing',
        () => operate(command, deployment.directory, names),
        180_000,
      );
      for (const check of ['database', 'redis', 'qstash', 'objects', 'callbacks', 'cron', 'runner'])
        expect(said).toMatch(new RegExp(`^ok {4}${check}`, 'm'));
      expect(said).not.toMatch(/^(?:WARN|FAIL)/m);
    },
  );
});
