import axe from 'axe-core';
import { type Browser, launch, type Page } from 'puppeteer';
import { z } from 'zod';
import { inheritedEnvironment } from './env.ts';
import { until } from './until.ts';

const Violations = z.array(
  z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }),
);

const PATIENCE_MS = 30_000;

export async function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  const { PUPPETEER_EXECUTABLE_PATH: executablePath } = inheritedEnvironment();
  return launch({
    pipe: true,
    args: ['--no-sandbox', ...args],
    ...(executablePath !== undefined && { executablePath }),
  });
}

/** A person in front of a browser of their own: finds things by the names that a screen reader says. */
export type Visitor = {
  page: Page;
  /** What the browser complained of: errors of scripts, and what the page's policy refused. */
  complaints: string[];
  open: (path: string) => Promise<void>;
  /** Waits for it, and clicks. `role` as ARIA has it. */
  click: (name: string, role?: string) => Promise<void>;
  fill: (label: string, text: string, role?: string) => Promise<void>;
  /** Waits until this text is on the page. */
  sees: (text: string) => Promise<void>;
  /** Waits until the address is this. */
  arrives: (path: RegExp) => Promise<void>;
  /** Rules of WCAG that the page breaks, in both themes. */
  violations: () => Promise<string[]>;
  leave: () => Promise<void>;
};

export async function newVisitor(browser: Browser, origin: string): Promise<Visitor> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1_280, height: 900 });
  page.setDefaultTimeout(PATIENCE_MS);
  // Nothing is judged half-way between two colours.
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  const named = (name: string, role?: string) =>
    page.locator(`::-p-aria(${name}${role === undefined ? '' : `[role="${role}"]`})`);
  return {
    page,
    complaints,
    open: async (path) => {
      await page.goto(new URL(path, origin).href);
    },
    click: (name, role = 'button') => named(name, role).click(),
    fill: (label, text, role) => named(label, role).fill(text),
    sees: async (text) => {
      // A locator looks again when elements come and go, and misses words that change in place.
      const find = async () => (await page.$(`::-p-text(${text})`)) ?? undefined;
      await until(`“${text}” on the page`, find, PATIENCE_MS);
    },
    arrives: async (path) => {
      await page.waitForFunction(`${String(path)}.test(location.pathname + location.search)`);
    },
    violations: async () => {
      await page.evaluate(axe.source);
      const broken: string[] = [];
      for (const theme of ['light', 'dark']) {
        await page.emulateMediaFeatures([
          { name: 'prefers-color-scheme', value: theme },
          { name: 'prefers-reduced-motion', value: 'reduce' },
        ]);
        const found = Violations.parse(
          await page.evaluate(`axe.run(document).then(({ violations }) => violations)`),
        );
        for (const { id, nodes } of found)
          broken.push(...nodes.map(({ html }) => `${theme} ${id}: ${html}`));
      }
      return broken;
    },
    leave: () => context.close(),
  };
}
