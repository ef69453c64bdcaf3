import type { Browser } from 'puppeteer';
import type { SessionProxy } from '../../../shared/protocol/leases.ts';
import type { Resolve } from '../../egress/dialable.ts';
import type { LocalProxy } from '../../egress/session-proxy.ts';
import type { SessionAction } from '../../../shared/session-actions.ts';
import { chromiumVersion } from './chromium-version.ts';
import { whilePaused } from '../pause.ts';
import { until } from '../wait.ts';
import { withDeadline } from '../../deadline.ts';
import { launchOptions, proxyArgs, proxyServer, windowedIdentity } from './launch-options.ts';
import {
  Client,
  ProfileAuth,
  type ClientOptions,
  type LibraryClient,
  type LibraryPage,
} from './library.ts';
import type { PageError } from './page/agent.ts';
import { oneInjection } from './patches/one-injection.ts';
import { patchPage } from './patches/patch-page.ts';
import { teardownIsOurs } from './patches/teardown-is-ours.ts';
import { killTree } from '../process-tree.ts';
import { freeProfile, killProfileProcesses } from './profile.ts';

export type LinkedBrowserOptions = {
  profileDir: string;
  chromiumPath: string | null;
  extraArgs: readonly string[];
  headless: boolean;
  /** The browser's only way out, when there is one. */
  proxy: SessionProxy | null;
  /** EGRESS_ALLOW: private places that the proxy may be at. */
  egressAllow: readonly string[];
  /** How its name is resolved. */
  resolve: Resolve;
  /** The device is "online", or never is. */
  alwaysOnline: boolean;
  /** Off only in a test that shows what the library does without it. */
  messageKeyPatch: boolean;
};

export type LinkedBrowserHooks = {
  /** The browser is up, nothing was loaded yet. */
  onBrowser: (pid: number | null) => void;
  /** Page or browser went away by themselves. */
  onGone: (detail: string) => void;
  /** The page was loaded anew; what was injected into the old document is lost. */
  onReload: () => void;
  /** The page's socket state, before the library reports it. */
  onState: (state: string) => void;
  /** The page asks for what only a person can do. */
  onNeedsPerson: (action: SessionAction) => void;
  /** Something on the page threw that nobody called. */
  onPageError: (error: PageError) => void;
  /** A connection through the session's proxy failed; sampled. */
  onProxyFailed: (detail: string) => void;
};

/** One launch of Chromium with the library and our patches in it. */
export class LinkedBrowser {
  readonly client: LibraryClient;
  /** What the patches of the library's own half came to; those of the page are read from the page. */
  readonly nodePatches: Record<string, string>;
  readonly #options: LinkedBrowserOptions;
  /** The library keeps these very objects and reads them again when it starts. */
  readonly #libraryOptions: ClientOptions;
  readonly #launchArgs: string[];
  readonly #hooks: LinkedBrowserHooks;
  #page: LibraryPage | null = null;
  #browser: Browser | null = null;
  #launch: Promise<void> | null = null;
  #proxy: LocalProxy | null = null;
  #open = true;

  constructor(options: LinkedBrowserOptions, hooks: LinkedBrowserHooks) {
    this.#options = options;
    this.#hooks = hooks;
    const puppeteer = launchOptions({
      profileDir: options.profileDir,
      chromiumPath: options.chromiumPath,
      headless: options.headless,
      asRoot: process.getuid?.() === 0,
      extraArgs: options.extraArgs,
    });
    this.#launchArgs = puppeteer.args;
    this.#libraryOptions = {
      authStrategy: new ProfileAuth(() => this.#prepare()),
      webVersionCache: { type: 'none' },
      qrMaxRetries: 0,
      takeoverOnConflict: false,
      // Its type asks for a string, but only `false` keeps the library's outdated default away.
      userAgent: false as unknown as string,
      puppeteer,
    };
    this.client = new Client(this.#libraryOptions) as LibraryClient;
    teardownIsOurs(this.client);
    const injection = oneInjection(this.client, {
      active: () => this.#open,
      onLateFailure: (detail) => this.#gone(`injection failed: ${detail}`),
    });
    this.nodePatches = { 'one-injection': injection };
  }

  /** @throws when there is no page yet, or no more */
  get page(): LibraryPage {
    if (this.#page === null || !this.#open) throw new Error('WhatsApp Web is not open');
    return this.#page;
  }

  get pid(): number | null {
    return this.#browser?.process()?.pid ?? null;
  }

  /** What to say of a failed start: what is wrong with the session's proxy, if anything is, else the error itself. */
  explain(error: unknown): unknown {
    const problem = this.#proxy?.problem() ?? null;
    if (problem === null) return error;
    return new Error(`its proxy cannot be used: ${problem}`, { cause: error });
  }

  /** Resolves when the library is in the page and it either shows a QR code or is linked. */
  launch(): Promise<void> {
    this.#launch = this.#doLaunch();
    return this.#launch;
  }

  async #doLaunch(): Promise<void> {
    await freeProfile(this.#options.profileDir);
    await this.#chooseUserAgent();
    await this.#startProxy();
    if (!this.#open) throw new Error('closed while it started');
    await this.client.initialize();
  }

  /** Resolves when no process of the browser is left. In peace, Chromium writes its databases out first. */
  async close(inPeaceMs: number): Promise<void> {
    this.#open = false;
    this.client.removeAllListeners();
    const { pid } = this;
    if (inPeaceMs > 0 && this.#browser?.connected === true) {
      // A frozen browser never answers; the kill below is for it.
      await withDeadline(this.#browser.close(), inPeaceMs, 'closing').catch(() => undefined);
    }
    if (pid !== null) killTree(pid);
    await this.#endLaunch();
    await killProfileProcesses(this.#options.profileDir);
    await this.#proxy?.close();
  }

  /** Stands still while `work` runs, see `whilePaused`. */
  async paused<T>(capMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { pid } = this;
    if (pid === null) throw new Error('The browser is not running.');
    return whilePaused(pid, capMs, work);
  }

  /** Kills at once; resolves when no process of the browser is left. */
  async kill(): Promise<void> {
    await this.close(0);
  }

  /** A launch under way brings a browser up after everything was killed; killing it on sight makes it fail. */
  async #endLaunch(): Promise<void> {
    if (this.#launch === null) return;
    let settled = false;
    const end = () => {
      settled = true;
    };
    this.#launch.then(end, end);
    await until(async () => {
      if (!settled) await killProfileProcesses(this.#options.profileDir);
      return settled;
    }, 10_000);
  }

  /** As a launch argument, so that workers and sockets say the same as the page; the page adds the client hints. */
  async #chooseUserAgent(): Promise<void> {
    const path = this.#options.chromiumPath;
    const version = path === null ? null : await chromiumVersion(path);
    if (version !== null) this.#libraryOptions.userAgent = identityFor(version).userAgent;
  }

  /** Called by the library between the browser's start and its first navigation. */
  async #prepare(): Promise<void> {
    const { pupBrowser: browser, pupPage: page } = this.client;
    if (browser == null || page == null) throw new Error('the library started no browser');
    this.#browser = browser;
    this.#page = page;
    this.#hooks.onBrowser(this.pid);
    if (!this.#open) throw new Error('closed while it started');

    browser.on('disconnected', () => this.#gone('the browser ended'));
    page.on('error', (error) => this.#gone(`the page crashed: ${error.message}`));
    page.on('close', () => this.#gone('the page was closed'));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame() && this.#open) this.#hooks.onReload();
    });
    if (this.#proxy !== null) {
      const { url, username, password } = this.#proxy;
      if (browser.process()?.spawnargs.includes(proxyServer(url)) !== true)
        throw new Error('the browser was started without its proxy');
      await page.authenticate({ username, password });
    }
    await page.setUserAgent(identityFor(await browser.version()));
    const { messageKeyPatch, alwaysOnline } = this.#options;
    await patchPage(page, {
      ...this.#hooks,
      onUnread: (chat) => this.client.emit('unread_count', chat),
      onDecrypted: (message) => this.client.emit('message_decrypted', message),
      messageKeyPatch,
      alwaysOnline,
      onPatch: (name, outcome) => {
        this.nodePatches[name] = outcome;
      },
    });
  }

  /** The browser's launch arguments name the proxy, so that it listens before. */
  async #startProxy(): Promise<void> {
    const { proxy, egressAllow, resolve } = this.#options;
    if (proxy === null) return;
    // Loaded only when it is needed: few sessions have a proxy.
    const { startSessionProxy } = await import('../../egress/session-proxy.ts');
    this.#proxy = await startSessionProxy({
      proxy,
      allow: egressAllow,
      resolve,
      onFailed: (detail) => this.#hooks.onProxyFailed(detail),
    });
    this.#launchArgs.push(...proxyArgs(this.#proxy.url));
  }

  #gone(detail: string): void {
    if (this.#open) this.#hooks.onGone(detail);
  }
}

function identityFor(version: string): ReturnType<typeof windowedIdentity> {
  return windowedIdentity({ version, platform: process.platform, architecture: process.arch });
}
