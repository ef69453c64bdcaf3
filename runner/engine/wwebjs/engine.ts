import type { SessionAction } from '../../../shared/session-actions.ts';
import type {
  EngineEvent,
  EngineLookUp,
  EngineOptions,
  EnginePairingCode,
  EngineSend,
  EngineSendResult,
  EngineUsage,
  WhatsAppEngine,
} from '../port.ts';
import { whilePaused } from '../../credentials/pause.ts';
import { readIdentity, readSurface } from './boot-report.ts';
import { describe, until, withDeadline } from './deadline.ts';
import { Intake } from './intake.ts';
import { LinkedBrowser } from './linked-browser.ts';
import { watchLine } from './line-watch.ts';
import { lookUpMessage, sendMessage } from './outbound.ts';
import { askPairingCode } from './pairing-code.ts';
import { queryRecipient } from './page/send.ts';
import { dropLink, readState } from './page/state.ts';
import { quarantineProfile } from './profile.ts';
import { ENGINE_TIMES, type EngineTimes } from './times.ts';
import { watchDialogs, watchUntilReady } from './watch.ts';

type ClosedReason = Extract<EngineEvent, { type: 'closed' }>['reason'];

export type WwebjsEngineDeps = {
  /** Null lets puppeteer use the Chromium that it downloaded. */
  chromiumPath: string | null;
  /** Chromium flags that put the simulated WhatsApp in the real one's place; a sandbox session does not start without. */
  sandboxArgs: readonly string[];
  /** Structured entries; never message text, QR data or file names. */
  log: (entry: Record<string, unknown>) => void;
  now?: () => number;
  headless?: boolean;
  times?: Partial<EngineTimes>;
  onBrowser?: (pid: number | null) => void;
  messageKeyPatch?: boolean;
};

/** An engine over whatsapp-web.js, in this process. See runner/engine/process for the one that the runner uses. */
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
  #started = false;
  #closing: Promise<void> | null = null;
  #closed = false;
  #authenticated = false;
  #pairedHere = false;
  /** `ready` was told: from then on a page that comes and goes is a matter of `connection`. */
  #ready = false;
  #connected = false;
  #loggedOut = false;
  #logoutRequested = false;

  constructor(options: EngineOptions, emit: (event: EngineEvent) => void, deps: WwebjsEngineDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#times = { ...ENGINE_TIMES, ...deps.times };
    this.#now = deps.now ?? Date.now;
    this.#tell = emit;
    this.#intake = new Intake({
      profileDir: options.profileDir,
      filesDir: options.filesDir,
      traffic: options.traffic,
      page: () => this.#browser.page,
      emit: (event) => this.#emit(event),
      log: (event, entry) => this.#log(event, entry),
      now: this.#now,
    });
    this.#browser = new LinkedBrowser(
      {
        profileDir: options.profileDir,
        chromiumPath: deps.chromiumPath,
        extraArgs: options.mode === 'sandbox' ? deps.sandboxArgs : [],
        headless: deps.headless ?? true,
        proxy: options.proxy,
        messageKeyPatch: deps.messageKeyPatch ?? true,
      },
      {
        onBrowser: (pid) => deps.onBrowser?.(pid),
        onGone: (detail) => void this.#close('crashed', detail),
        onReload: () => this.#onReload(),
        onState: (state) => this.#onEarlyState(state),
        onPasskeyAsked: () => this.#emit({ type: 'action_required', action: 'passkey_required' }),
        onPageError: (detail) => this.#log('engine.page_error', { detail: detail.slice(0, 200) }),
      },
    );
  }

  async start(): Promise<void> {
    if (this.#started) throw new Error('An engine starts once; make a new one.');
    this.#started = true;
    try {
      if (this.#closing !== null) throw new Error('It was stopped.');
      if (this.#options.mode === 'sandbox' && this.#deps.sandboxArgs.length === 0) {
        throw new Error('A sandbox session has no sandbox to talk to.');
      }
      await this.#intake.prepare();
      this.#listen();
      await withDeadline(this.#browser.launch(), this.#times.startMs, 'starting WhatsApp Web');
    } catch (error) {
      await this.#close('start_failed', describe(error));
      throw error;
    }
    if (!this.#pairedHere) this.#onAuthenticated();
    void this.#watchUntilReady();
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
    this.#logoutRequested = true;
    if (this.#closing === null && this.#ready) {
      try {
        await withDeadline(this.#browser.page.evaluate(dropLink), this.#times.logoutMs, 'logout');
      } catch (error) {
        this.#log('engine.logout_unclear', { detail: describe(error) });
      }
      // The page leaves by itself once the server knows; closing earlier may leave the device linked (#3422).
      await until(() => this.#loggedOut || this.#closing !== null, 3_000);
    }
    this.#onLoggedOut();
    await this.#closing;
  }

  async send(message: EngineSend): Promise<EngineSendResult> {
    if (this.#closing !== null || !this.#ready) {
      return { outcome: 'failed', code: 'UNAVAILABLE', message: 'WhatsApp Web is not ready.' };
    }
    const { client, page } = this.#browser;
    return sendMessage({ client, page, times: this.#times.outbound }, message);
  }

  async lookUp(wireId: string, chatId: string): Promise<EngineLookUp> {
    return lookUpMessage(this.#browser.page, this.#times.outbound, wireId, chatId);
  }

  async isOnWhatsApp(
    chatId: string,
  ): Promise<{ exists: boolean; chatId: string | null; lid: string | null }> {
    const query = this.#browser.page.evaluate(queryRecipient, chatId);
    return withDeadline(query, this.#times.outbound.pageCallMs, 'looking the number up');
  }

  async screenshot(): Promise<Uint8Array> {
    const shot = this.#browser.page.screenshot({ type: 'png' });
    return withDeadline(shot, this.#times.screenshotMs, 'the screenshot');
  }

  async requestPairingCode(phone: string): Promise<EnginePairingCode> {
    if (this.#authenticated) return { outcome: 'already_linked' };
    const { pairingCodeMs, pairingAskMs } = this.#times;
    return askPairingCode(this.#browser.client, phone, {
      everyMs: pairingCodeMs,
      deadlineMs: pairingAskMs,
      now: this.#now,
    });
  }

  /** The process around this engine counts, see `ProcessEngine`. */
  async usage(): Promise<EngineUsage | null> {
    return null;
  }

  async paused<T>(capMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { pid } = this.#browser;
    if (pid === null) throw new Error('The browser is not running.');
    return whilePaused(pid, capMs, work);
  }

  async ping(deadlineMs: number): Promise<{ state: string }> {
    const read = this.#browser.page.evaluate(readState);
    const { state } = await withDeadline(read, deadlineMs, 'ping');
    return { state };
  }

  #listen(): void {
    const { client } = this.#browser;
    client.on('qr', (qr: string) => {
      // The page clears its reference once it is linked, which the library makes a code of, too.
      if (this.#authenticated || !/^\d+@/.test(qr)) return;
      this.#pairedHere = true;
      this.#emit({ type: 'qr', qr, expiresAt: this.#now() + this.#times.qrMs });
    });
    client.on('code', (code: string) => {
      if (this.#authenticated) return;
      this.#pairedHere = true;
      const expiresAt = this.#now() + this.#times.pairingCodeMs;
      this.#emit({ type: 'pairing_code', code, expiresAt });
    });
    client.on('authenticated', () => this.#onAuthenticated());
    client.on('ready', () => void this.#onReady());
    client.on('auth_failure', (detail: string) => void this.#close('start_failed', detail));
    client.on('disconnected', (reason: string) => this.#onDisconnected(reason));
    client.on('change_state', (state: string) => {
      if (this.#ready) this.#setConnected(state === 'CONNECTED', state);
    });
    this.#intake.listen(client);
  }

  #onEarlyState(state: string): void {
    if (!this.#ready && (state === 'PAIRING' || state === 'CONNECTED')) this.#onAuthenticated();
  }

  #onAuthenticated(): void {
    if (this.#authenticated) return;
    this.#authenticated = true;
    if (this.#pairedHere) this.#intake.linkedNow();
    this.#emit({ type: 'authenticated' });
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
    const { client, page } = this.#browser;
    const { me, webVersion } = await readIdentity(client, page);
    if (this.#ready || this.#closing !== null) return;
    this.#ready = true;
    this.#connected = true;
    this.#emit({ type: 'ready', me, webVersion });
    const open = (): boolean => this.#closing === null;
    void this.#watchDialogs();
    void this.#watchLine();
    void this.#intake.keepMark(this.#times.onlineMarkMs, open);
    const { missing, patches } = await readSurface(page);
    this.#log('engine.surface', {
      webVersion,
      missing,
      patches: { ...this.#browser.nodePatches, ...patches },
    });
  }

  #onReload(): void {
    if (!this.#ready) return;
    this.#setConnected(false, 'the page was reloaded');
    void this.#watchUntilReady();
  }

  #setConnected(connected: boolean, detail: string): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    this.#emit({ type: 'connection', connected, detail });
    if (connected) void this.#intake.catchUp();
    else this.#intake.lineLost();
  }

  #onDisconnected(reason: string): void {
    if (reason === 'LOGOUT' || this.#browser.client.lastLoggedOut) {
      this.#onLoggedOut();
    } else if (reason === 'CONFLICT') {
      void this.#close('conflict', 'WhatsApp Web was opened elsewhere with this link');
    } else if (reason.startsWith('UNPAIRED')) {
      void this.#close('unpaired', reason);
    } else {
      const action = actionFor(reason);
      if (action !== null) this.#emit({ type: 'action_required', action });
      void this.#close('crashed', `WhatsApp gave up: ${reason}`);
    }
  }

  #onLoggedOut(): void {
    if (this.#loggedOut || this.#closed) return;
    this.#loggedOut = true;
    const reason = this.#logoutRequested ? 'requested' : 'the phone unlinked this device';
    this.#emit({ type: 'logged_out', reason });
    void this.#close('stopped', 'logged out');
  }

  async #watchUntilReady(): Promise<void> {
    const stuck = await watchUntilReady({
      page: () => this.#browser.page,
      waiting: () => this.#closing === null && !(this.#ready && this.#connected),
      times: this.#times,
      log: (event, entry) => this.#log(event, entry),
    });
    if (stuck) await this.#close('crashed', 'connected, but never ready');
  }

  async #watchLine(): Promise<void> {
    const dead = await watchLine({
      page: () => this.#browser.page,
      times: this.#times,
      open: () => this.#closing === null,
      connected: () => this.#connected,
      heardAt: () => this.#intake.heardAt,
    });
    if (dead)
      await this.#close('crashed', 'WhatsApp answers no more, though the page is connected');
  }

  async #watchDialogs(): Promise<void> {
    await watchDialogs({
      page: () => this.#browser.page,
      open: () => this.#closing === null,
      times: this.#times,
      log: (event, entry) => this.#log(event, entry),
      onNeedsPerson: () => this.#emit({ type: 'action_required', action: 'dismiss_dialog' }),
    });
  }

  #close(reason: ClosedReason, detail: string, how: { inPeaceMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#doClose(reason, detail, how.inPeaceMs ?? 0);
    return this.#closing;
  }

  async #doClose(reason: ClosedReason, detail: string, inPeaceMs: number): Promise<void> {
    try {
      if (inPeaceMs > 0) {
        await withDeadline(this.#intake.idle(), this.#times.flushMs, 'flushing').catch(
          () => undefined,
        );
      }
      await this.#browser.close(inPeaceMs);
      if (this.#loggedOut) {
        const movedTo = quarantineProfile(this.#options.profileDir, this.#now());
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
    this.#tell({ type: 'closed', reason, detail });
  }

  #emit(event: EngineEvent): void {
    if (!this.#closed) this.#tell(event);
  }

  #log(event: string, entry: Record<string, unknown>): void {
    this.#deps.log({ event, sessionId: this.#options.sessionId, ...entry });
  }
}

/** What a person has to do about a state that WhatsApp gives up in (the library's WAState); null for the others. */
function actionFor(state: string): SessionAction | null {
  if (state.includes('TOS_BLOCK')) return 'accept_terms';
  if (state.startsWith('DEPRECATED')) return 'update_required';
  return state.includes('BLOCK') ? 'account_blocked' : null;
}
