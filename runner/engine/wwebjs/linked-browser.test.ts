import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../wait.ts';
import { LinkedBrowser } from './linked-browser.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'waypost-browser-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const listening = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
const ignore = (): void => undefined;

describe('a browser that is closed while it starts', () => {
  it('leaves no proxy behind', async () => {
    const before = listening();
    const browser = new LinkedBrowser(
      {
        profileDir: join(dir, 'profile'),
        chromiumPath: null,
        extraArgs: [],
        headless: true,
        proxy: { url: 'http://proxy.test:3128' },
        egressAllow: [],
        resolve: async () => [],
        alwaysOnline: false,
        messageKeyPatch: true,
      },
      {
        onBrowser: ignore,
        onGone: ignore,
        onReload: ignore,
        onState: ignore,
        onNeedsPerson: ignore,
        onPageError: ignore,
        onProxyFailed: ignore,
      },
    );
    const launched = browser.launch();
    await Promise.all([
      browser.close(0),
      expect(launched).rejects.toThrow('closed while it started'),
    ]);
    // Node counts a server that has closed for some milliseconds more.
    expect(await until(() => listening() === before, 20_000)).toBe(true);
  });
});
