import type { HelloResult } from '../../protocol/results.ts';
import type { Person } from '../../protocol/records.ts';
import type { Push } from '../../protocol/frames.ts';
import type { Core } from '../core.ts';
import { ConnectionLostError, ServerStatusCodeError } from '../errors.ts';
import { showWhatsNew } from './modal.ts';
import { askPasskey } from './passkey.ts';
import { loadIdentity, loadKeys } from './keys.ts';
import type { Identity } from './keys.ts';
import type { Inbox } from './inbox.ts';
import { restoreLocal, takeHistory, takeRoster } from './restore.ts';
import { toWid } from '../wid.ts';

const firstRetryMs = 250;
const longestRetryMs = 4000;
const leaveMs = 50;
const listenerPollMs = 20;
const progressSteps = [10, 50, 100];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The page's life on the line: pairing, coming online, losing the line, being logged out. */
export class Session {
  readonly #core: () => Core;
  readonly #inbox: Inbox;
  readonly #browser: () => Record<string, unknown>;
  #identity: Identity | null = null;
  #leaving = false;
  #replaced = false;
  #reaching = false;
  #synced = false;
  offlineProgress = 0;

  constructor(core: () => Core, inbox: Inbox, browser: () => Record<string, unknown>) {
    this.#core = core;
    this.#inbox = inbox;
    this.#browser = browser;
  }

  /** Boots the page: what the profile holds first, then the line. */
  async start(): Promise<void> {
    const core = this.#core();
    core.socket.set('state', 'OPENING');
    this.#identity = await loadIdentity(core.storage);
    if (this.#identity !== null) {
      this.#becomeMe(this.#identity.me);
      await restoreLocal(core);
    }
    await this.#reach(0);
  }

  onPush(push: Push): void {
    const core = this.#core();
    switch (push.push) {
      case 'ref':
        core.conn.set('ref', push.ref);
        break;
      case 'idle':
        core.socket.set('state', 'UNPAIRED_IDLE');
        break;
      case 'paired':
        this.#pair({ creds: push.creds, me: push.me, platform: push.platform }).catch(reportError);
        break;
      case 'unlinked':
        if (push.mode === 'state') core.socket.set('state', 'UNPAIRED');
        else this.leave('bridge').catch(reportError);
        break;
      case 'conflict':
        this.#replaced = true;
        core.socket.set('state', 'CONFLICT');
        break;
      case 'reload':
        location.reload();
        break;
      case 'modal':
        showWhatsNew(core, push.show, () => this.#modalIgnored());
        break;
      case 'passkey':
        askPasskey(push.given).catch(reportError);
        break;
      case 'eval':
        this.#evaluate(push.evalId, push.js).catch(reportError);
        break;
      case 'typing':
        core.collections.Chat.get(core.directory.address(push.chat))?.trigger('typing', push.state);
        break;
      case 'presence':
        core.cmd.trigger('sandbox_presence', push);
        break;
      case 'call':
        core.cmd.trigger('sandbox_call', push);
        break;
    }
  }

  onClose(): void {
    this.#inbox.lineLost();
    if (this.#leaving || this.#replaced || this.#reaching) return;
    const { socket } = this.#core();
    if (socket.state === 'CONNECTED') socket.set('state', 'TIMEOUT');
    this.#reach(firstRetryMs).catch(reportError);
  }

  /** Logout by this client: reports it to the world, then leaves. */
  async logout(): Promise<void> {
    await this.#core().transport.ask('logout', {});
    await this.leave('client');
  }

  /** Takes the session back from another page. */
  takeover(): void {
    this.#replaced = false;
    this.#core().socket.set('state', 'OPENING');
    this.#reach(0).catch(reportError);
  }

  reconnect(): void {
    this.#core().transport.close();
  }

  /** Wipes the profile and goes to the page after logout. */
  async leave(by: 'client' | 'bridge'): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    const core = this.#core();
    core.cmd.trigger(by === 'client' ? 'logout' : 'logout_from_bridge');
    await core.storage.clear();
    localStorage.clear();
    await pause(leaveMs);
    location.replace('/?post_logout=1&logout_reason=0');
  }

  /** Tries, ever more slowly, until the page is online or unpaired on a line that stands. */
  async #reach(firstDelayMs: number): Promise<void> {
    if (this.#reaching) return;
    this.#reaching = true;
    const core = this.#core();
    let delay = firstDelayMs;
    while (!this.#leaving && !this.#replaced) {
      await pause(delay);
      delay = Math.min(Math.max(delay * 2, firstRetryMs), longestRetryMs);
      try {
        if (core.socket.state === 'TIMEOUT') core.socket.set('state', 'OPENING');
        await core.transport.connect();
        await this.#hello();
        if (core.transport.connected) break;
      } catch (error) {
        if (!(error instanceof ConnectionLostError || error instanceof ServerStatusCodeError))
          throw error;
      }
    }
    this.#reaching = false;
  }

  async #hello(): Promise<void> {
    const core = this.#core();
    const result = await core.transport.ask('hello', {
      creds: this.#identity?.creds ?? null,
      counter: core.ratchet.counter,
      browser: this.#browser(),
    });
    core.settings = result.settings;
    if (result.status === 'ok') await this.#online(result);
    else if (result.status === 'unauthorized') await this.#unauthorized(result.ref);
    else this.#unpaired(result.ref);
  }

  #unpaired(ref: string): void {
    const core = this.#core();
    core.conn.set('ref', ref);
    core.socket.set('state', 'UNPAIRED');
  }

  /** Unlinked while away. A page that was up leaves; one that is starting forgets and shows a QR code. */
  async #unauthorized(ref: string): Promise<void> {
    const core = this.#core();
    if (this.#synced) {
      await this.leave('bridge');
      return;
    }
    this.#identity = null;
    await core.storage.clear();
    core.forget();
    core.keys = await loadKeys(core.storage);
    this.#unpaired(ref);
  }

  async #pair(identity: Identity): Promise<void> {
    const core = this.#core();
    core.socket.set('state', 'PAIRING');
    this.#identity = identity;
    await core.storage.write([{ store: 'kv', key: 'identity', value: identity }]);
    localStorage.setItem('last-wid-md', JSON.stringify(identity.me.pn));
    this.#becomeMe(identity.me);
    await this.#hello();
  }

  #becomeMe(me: Person): void {
    const core = this.#core();
    core.directory.learn([me]);
    core.me.pn = toWid(me.pn);
    core.me.lid = toWid(me.lid);
    core.me.deviceId = this.#identity?.creds.deviceId ?? 0;
  }

  async #online(result: HelloResult & { status: 'ok' }): Promise<void> {
    const core = this.#core();
    this.#becomeMe(result.me);
    // Without events: a `change:ref` to nothing would be shown as a QR code.
    Object.assign(core.conn, {
      pushname: result.me.pushname,
      platform: result.platform,
      wid: core.me.pn,
      connected: true,
      ref: undefined,
    });
    if (core.settings.connects === 'never') return;
    core.stream.set('mode', 'MAIN');
    await takeRoster(core);
    if (result.history) await takeHistory(core);
    const late = !this.#synced && core.settings.offlineDelivery === 'afterReady';
    if (!late) await this.#resume();
    core.socket.set('state', 'CONNECTED');
    core.stream.announce();
    core.outbox.flush().catch(reportError);
    if (!this.#synced) this.#sync(late).catch(reportError);
  }

  async #resume(): Promise<void> {
    const { upTo } = await this.#core().transport.ask('resume', {});
    await this.#inbox.reached(upTo);
  }

  async #until(test: () => boolean): Promise<void> {
    while (!test()) await pause(listenerPollMs);
  }

  /** Offline progress, then hasSynced: the library misses it when it fires before anyone listens. */
  async #sync(late: boolean): Promise<void> {
    const core = this.#core();
    this.#synced = true;
    const { hasSynced, syncMs } = core.settings;
    for (const progress of hasSynced === 'early' ? [] : progressSteps) {
      await pause(syncMs / progressSteps.length);
      this.offlineProgress = progress;
      core.cmd.trigger('offline_progress_update_from_bridge');
    }
    if (hasSynced === 'never') return;
    if (hasSynced === 'normal') {
      await this.#until(() => core.socket.listenerCount('change:hasSynced') > 0);
    }
    core.socket.set('hasSynced', true);
    await this.#greet();
    if (!late) return;
    await this.#until(() => core.collections.Msg.listenerCount('add') > 0);
    await this.#resume();
  }

  async #greet(): Promise<void> {
    const core = this.#core();
    const { modal } = core.settings;
    const seen = (await core.storage.get('kv', 'whatsNewSeen')) === true;
    const wanted = modal === 'on' || (modal === 'auto' && core.profile.whatsNew && !seen);
    if (wanted) showWhatsNew(core, true, () => this.#modalIgnored());
  }

  #modalIgnored(): void {
    this.#core()
      .transport.ask('logout', {})
      .then(() => this.leave('bridge'))
      .catch(reportError);
  }

  async #evaluate(evalId: number, js: string): Promise<void> {
    const { transport } = this.#core();
    try {
      // oxlint-disable-next-line no-eval -- a test's own code, run as if typed into the page's console
      const value: unknown = await (0, eval)(js);
      transport.answerEval(evalId, true, value ?? null);
    } catch (error) {
      transport.answerEval(
        evalId,
        false,
        error instanceof ServerStatusCodeError ? error.message : String(error),
      );
    }
  }
}
