import type { EngineInput, EngineOperation, EngineOutput } from '../operations.ts';
import type {
  EngineEvent,
  EngineOptions,
  EngineSend,
  EngineSendResult,
  WhatsAppEngine,
} from '../port.ts';
import { readIdentity, readSurface } from './boot-report.ts';
import { describe } from '../describe-error.ts';
import { until } from '../wait.ts';
import { withDeadline } from '../../deadline.ts';
import { browserOptions, type WwebjsEngineDeps } from './engine-deps.ts';
import { Intake } from './intake.ts';
import type { LibraryPage } from './library.ts';
import { LinkedBrowser } from './linked-browser.ts';
import { libraryEnd, type ClosedReason, unlink } from './library-end.ts';
import { listenToLink } from './library-events.ts';
import { doOperation } from './live/operations.ts';
import { sendMessage } from './outbound.ts';
import { PageWatches } from './page-watches.ts';
import { readState } from './page/state.ts';
import { quarantineProfile } from './profile.ts';
import { ENGINE_TIMES, type EngineTimes } from './times.ts';

/** An engine over whatsapp-web.js, in this process. */
export function createWwebjsEngine(
  options: EngineOptions,
  emit: (event: EngineEvent) => void,
  deps: WwebjsEngineDeps,
): WhatsAppEngine {
  return new WwebjsEngine(options, emit, deps);
}

class WwebjsEngine implements WhatsAppEngine {
  readonly #options: EngineOptions;
  readonly #deps: WwebjsEngineDeps;
  readonly #times: EngineTimes;
  readonly #now: () => number;
  readonly #tell: (event: EngineEvent) => void;
  readonly #browser: LinkedBrowser;
  readonly #intake: Intake;
  readonly #watches: PageWatches;
  #started = false;
  #closing: Promise<void> | null = null;
  #closed = false;
  #authenticated = false;
  #pairedHere = false;
  /** `ready` was reported: from then on a page that comes and goes is a matter of `connection`. */
  #ready = false;
  #connected = false;
  #loggedOut = false;
  #logout: 'requested' | 'confirmed' | null = null;

  constructor(options: EngineOptions, emit: (event: EngineEvent) => void, deps: WwebjsEngineDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#times = { ...ENGINE_TIMES, ...deps.times };
    this.#now = deps.now ?? Date.now;
    this.#tell = emit;
    const page = (): LibraryPage => this.#browser.page;
    const log = this.#log.bind(this);
    const tell = this.#emit.bind(this);
    this.#intake = new Intake({
      ...options,
      profileDir: options.stateDir,
      page,
      refusalOf: (chatId) => this.#watches.refusalOf(chatId),
      emit: tell,
      log,
      now: this.#now,
    });
    this.#browser = new LinkedBrowser(browserOptions(options, deps), {
      onBrowser: (pid) => deps.onBrowser?.(pid),
      onGone: (detail) => void this.#close('crashed', detail),
      onReload: () => this.#onReload(),
      onState: (state) => {
        if (!this.#ready && ['PAIRING', 'CONNECTED'].includes(state)) this.#onAuthenticated();
      },
      onNeedsPerson: (action) => tell({ type: 'action_required', action }),
      onProxyFailed: (detail) => log('engine.proxy_failed', { detail }),
      onPageError: (error) => tell({ type: 'page_error', ...error }),
    });
    this.#watches = new PageWatches({
      page,
      times: this.#times,
      log,
      open: () => this.#closing === null,
      linked: () => this.#authenticated,
      ready: () => this.#ready,
      connected: () => this.#connected,
      heardAt: () => this.#intake.heardAt,
      onReload: () => tell({ type: 'authenticated' }),
      onNeedsPerson: () => tell({ type: 'action_required', action: 'dismiss_dialog' }),
      onLimits: (limits) => tell({ type: 'limits', limits }),
      presenceOf: options.conduct.presenceOf,
      onFact: (fact) => tell({ type: 'fact', fact }),
      now: this.#now,
      onDead: (detail) => void this.#close('crashed', detail),
    });
  }

  async start(): Promise<void> {
    if (this.#started) throw new Error('An engine starts once; make a new one.');
    this.#started = true;
    try {
      if (this.#closing !== null) throw new Error('It was stopped.');
      if (this.#options.mode === 'sandbox' && this.#deps.sandboxArgs.length === 0)
        throw new Error('A sandbox session has no sandbox to talk to.');
      await this.#intake.prepare();
      this.#listen();
      await withDeadline(this.#browser.launch(), this.#times.startMs, 'starting WhatsApp Web');
    } catch (error) {
      const cause = this.#browser.explain(error);
      await this.#close('start_failed', describe(cause));
      throw cause;
    }
    if (!this.#pairedHere) this.#onAuthenticated();
    void this.#watches.untilReady();
  }

  async stop(): Promise<void> {
    await this.#close('stopped', 'stopped', { inPeaceMs: this.#times.closeMs });
  }

  kill(): void {
    // Also while it is being closed in peace, which may take long.
    const killed = this.#browser.kill().catch((error: unknown) => {
      this.#log('engine.close_failed', { detail: describe(error) });
    });
    this.#closing ??= killed;
    this.#sayClosed('stopped', 'killed');
  }

  async logout(): Promise<void> {
    this.#logout = 'requested';
    if (this.#closing === null && this.#ready) {
      const problem = await unlink(this.#browser, this.#times.logoutMs);
      if (problem === null) this.#logout = 'confirmed';
      else this.#log('engine.logout_unclear', { detail: problem });
      // The page leaves by itself once the server knows; closing earlier may leave the device linked (#3422).
      await until(() => this.#loggedOut || this.#closing !== null, 3_000);
    }
    this.#onLoggedOut();
    await this.#closing;
  }

  async send(message: EngineSend): Promise<EngineSendResult> {
    if (this.#closing !== null || !this.#ready)
      return { outcome: 'failed', code: 'UNAVAILABLE', message: 'WhatsApp Web is not ready.' };
    const { page } = this.#browser;
    this.#intake.sends(message.wireId);
    const { refusalOf } = this.#watches;
    return sendMessage({ page, times: this.#times.outbound, refusalOf }, message);
  }

  /** Rejects as well when the page is not open: a page that crashed never answers. */
  async ask<Name extends EngineOperation>(
    name: Name,
    input: EngineInput<Name>,
  ): Promise<EngineOutput<Name>> {
    const { client, page } = this.#browser;
    const live = { client, page, times: this.#times, linked: this.#authenticated, now: this.#now };
    const { actsOn, fetchFile } = this.#intake;
    const { presences, refusalOf } = this.#watches;
    const shared = { actsOn, fetchFile, presences, refusalOf };
    return doOperation({ ...live, ...shared, filesDir: this.#options.filesDir }, name, input);
  }

  async ping(deadlineMs: number): Promise<{ state: string }> {
    const { page } = this.#browser;
    const { state } = await withDeadline(page.evaluate(readState), deadlineMs, 'ping');
    return { state };
  }

  /** The process around this engine counts, see `ProcessEngine`. */
  usage = (): Promise<null> => Promise.resolve(null);

  paused<T>(capMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#browser.paused(capMs, work);
  }

  #listen(): void {
    const { client } = this.#browser;
    listenToLink(client, {
      times: this.#times,
      now: this.#now,
      linked: () => this.#authenticated,
      onCode: (code) => {
        this.#pairedHere = true;
        this.#emit(code);
      },
      onAuthenticated: () => this.#onAuthenticated(),
      onReady: () => void this.#onReady(),
      onFailed: (detail) => void this.#close('start_failed', detail),
      onEnd: (reason) => this.#onDisconnected(reason),
      onState: (state) => {
        if (!this.#ready || !this.#setConnected(state === 'CONNECTED', state)) return;
        if (this.#connected) void this.#intake.catchUp();
      },
    });
    this.#intake.listen(client);
  }

  #onAuthenticated(): void {
    if (this.#authenticated) return;
    this.#authenticated = true;
    this.#emit({ type: 'authenticated' });
    if (this.#pairedHere) this.#intake.linkedNow();
  }

  async #onReady(): Promise<void> {
    if (this.#closing !== null) return;
    try {
      this.#intake.open();
      if (this.#ready) this.#setConnected(true, 'the page is back');
      else await this.#onFirstReady();
      await this.#intake.catchUp();
    } catch (error) {
      this.#log('engine.ready_incomplete', { detail: describe(error) });
    }
  }

  async #onFirstReady(): Promise<void> {
    const { client, page, nodePatches } = this.#browser;
    const { me, webVersion } = await readIdentity(client, page);
    if (this.#ready || this.#closing !== null) return;
    this.#ready = true;
    this.#connected = true;
    this.#emit({ type: 'ready', me, webVersion });
    void this.#watches.online();
    void this.#intake.keepMark(this.#times.onlineMarkMs, () => this.#closing === null);
    this.#log('engine.surface', { webVersion, ...(await readSurface(page, nodePatches)) });
  }

  #onReload(): void {
    if (!this.#ready) return;
    this.#setConnected(false, 'the page was reloaded');
    void this.#watches.untilReady();
  }

  /** @returns whether it was otherwise before */
  #setConnected(connected: boolean, detail: string): boolean {
    if (this.#connected === connected) return false;
    this.#connected = connected;
    this.#emit({ type: 'connection', connected, detail });
    if (!connected) this.#intake.lineLost();
    return true;
  }

  #onDisconnected(reason: string): void {
    const end = libraryEnd(this.#browser.client.lastLoggedOut ? 'LOGOUT' : reason);
    if (end.loggedOut) return this.#onLoggedOut();
    if (end.action !== null) this.#emit({ type: 'action_required', action: end.action });
    void this.#close(end.reason, end.detail);
  }

  #onLoggedOut(): void {
    if (this.#loggedOut || this.#closed) return;
    this.#loggedOut = true;
    const reason = this.#logout === null ? 'the phone unlinked this device' : 'requested';
    this.#emit({ type: 'logged_out', reason, unclear: this.#logout === 'requested' });
    void this.#close('stopped', 'logged out');
  }

  #close(reason: ClosedReason, detail: string, how: { inPeaceMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#doClose(reason, detail, how.inPeaceMs ?? 0);
    return this.#closing;
  }

  async #doClose(reason: ClosedReason, detail: string, inPeaceMs: number): Promise<void> {
    try {
      if (inPeaceMs > 0) await this.#intake.flush(this.#times.flushMs);
      this.#intake.end();
      await this.#browser.close(inPeaceMs);
      if (this.#loggedOut) {
        const movedTo = quarantineProfile(this.#options.stateDir, this.#now());
        this.#log('engine.profile_quarantined', { movedTo });
      }
    } catch (error) {
      this.#log('engine.close_failed', { detail: describe(error) });
    }
    this.#sayClosed(reason, detail);
  }

  #sayClosed(reason: ClosedReason, detail: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#intake.end();
    this.#tell({ type: 'closed', reason, detail });
  }

  #emit(event: EngineEvent): void {
    if (!this.#closed) this.#tell(event);
  }

  #log(event: string, entry: Record<string, unknown>): void {
    this.#deps.log({ event, sessionId: this.#options.sessionId, ...entry });
  }
}
