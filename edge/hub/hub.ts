import { DurableObject } from 'cloudflare:workers';
import { LIMITS } from '../../shared/catalogue/limits.ts';
import { once } from '../clients.ts';
import { describeError } from '../log/describe-error.ts';
import { REFUSED, SOCKET_HEADER } from '../realtime/hub-client.ts';
import { NewSocket } from '../realtime/port.ts';
import { keptSessions, watchWorkspace } from '../services/realtime/watch-workspace.ts';
import { answerFrame, type InnerWorker } from './answer-frame.ts';
import { deliver, reportCursors } from './deliver.ts';
import { FRESH, isSlow } from './flow.ts';
import { answerSessionFrame } from './session-frames-in.ts';
import { FrameCount } from './frame-count.ts';
import { Rights } from './rights.ts';
import { closeFor, isOpen, remember, say, stateOf } from './socket-state.ts';
import { forgetTokens, hasTokens, spendToken } from './spent-tokens.ts';

/** How often a hub with sockets looks whether it missed something, and whether its sockets may stay. */
const LOOK_EVERY_MS = 10_000;

/** What stands for a close frame that had no code or never came: none may be sent with them (RFC 6455, 7.4.1). */
const NOT_SENT: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);

type Bindings = Record<string, unknown>;

/**
 * The realtime connections of one workspace. It reads the log itself, each socket from its own cursor: a call of `wake` only
 * says that there is something new. It may be out of memory between two events; sockets keep what it knows of them.
 */
export class RealtimeHub extends DurableObject<Bindings> {
  readonly #worker: InnerWorker;
  readonly #rights: Rights;
  readonly #frames = new FrameCount();
  #isDelivering = false;
  #isAskedFor = false;

  constructor(ctx: DurableObjectState, env: Bindings, worker: InnerWorker) {
    super(ctx, env);
    this.#worker = { ...worker, services: once(worker.services) };
    this.#rights = new Rights({ servicesOfHolder: worker.services, now: Date.now });
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  /** Opens a socket as the header says. Only the Worker reaches this. */
  override async fetch(request: Request): Promise<Response> {
    const { token, limit, ...opened } = NewSocket.parse(
      JSON.parse(request.headers.get(SOCKET_HEADER) ?? ''),
    );
    if (token !== null && !(await spendToken(this.ctx.storage, token)))
      return new Response(null, { status: REFUSED.tokenUsed });
    await watchWorkspace(this.#worker.services(), opened.holder.workspaceId);
    if ((await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(Date.now() + LOOK_EVERY_MS);
    // After all waiting, or connections that are opened at once would each find a place.
    if (this.#sockets().length >= limit) return new Response(null, { status: REFUSED.tooMany });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const { cursor, dialect } = opened;
    remember(server, { ...opened, told: cursor, flow: FRESH });
    if (dialect === null) say(server, { type: 'ready', cursor });
    this.wake();
    return new Response(null, { status: 101, webSocket: client });
  }

  /** How many connections there are. */
  count(): number {
    return this.#sockets().length;
  }

  /** The workspace's log has grown. */
  wake(): void {
    this.ctx.waitUntil(this.#deliver());
  }

  /** Somebody may have lost their rights: those who have are closed at once. */
  look(): void {
    this.ctx.waitUntil(this.#closeLost());
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    if (typeof message !== 'string' || message.length > LIMITS.socketFrameKibibytes.limit * 1024)
      return closeFor(socket, 'tooLarge');
    const { dialect } = stateOf(socket);
    // Clients of WAHA only listen.
    if (dialect !== null && dialect !== 'sessions') return;
    const answerIn = dialect === null ? answerFrame : answerSessionFrame;
    const answer = await answerIn(socket, message, {
      rights: this.#rights,
      frames: this.#frames,
      worker: this.#worker,
    });
    if (answer !== null && isOpen(socket)) say(socket, answer);
    this.wake();
  }

  /** The client's close is answered, or its end would wait for that. */
  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(NOT_SENT.has(code) ? undefined : code);
  }

  /** Looks after the sockets and spent tokens, for as long as there are any. What fails keeps nothing else from being done. */
  override async alarm(): Promise<void> {
    const { storage } = this.ctx;
    if (this.#sockets().length === 0 && !(await hasTokens(storage))) return;
    await storage.setAlarm(Date.now() + LOOK_EVERY_MS);
    await this.#logged(async () => this.#closeOverdue());
    await this.#logged(() => this.#watch());
    await this.#closeLost();
    await this.#logged(async () => reportCursors(this.#sockets(), Date.now()));
    await this.#logged(() => forgetTokens(storage));
  }

  #sockets(): WebSocket[] {
    return this.ctx.getWebSockets().filter(isOpen);
  }

  async #watch(): Promise<void> {
    const [first] = this.#sockets();
    if (first === undefined) return;
    await watchWorkspace(this.#worker.services(), stateOf(first).holder.workspaceId);
  }

  /** Goes round until no socket is behind. Asked for meanwhile, it goes round once more. */
  async #deliver(): Promise<void> {
    this.#isAskedFor = true;
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    await this.#logged(async () => {
      try {
        while (this.#isAskedFor) {
          this.#isAskedFor = false;
          const failed = (error: unknown) => this.#report(error);
          const round = { rights: this.#rights, now: Date.now, failed };
          if (await deliver(this.#sockets(), round)) this.#isAskedFor = true;
        }
      } finally {
        // With nothing in between: a call that comes later finds it so.
        this.#isDelivering = false;
      }
    });
  }

  async #closeLost(): Promise<void> {
    if (this.#sockets().length === 0) return;
    this.#rights.forget();
    await this.#logged(() => this.#closeOfDeletedSessions());
    await this.#deliver();
  }

  #closeOverdue(): void {
    const now = Date.now();
    for (const socket of this.#sockets()) {
      const { flow, until } = stateOf(socket);
      if (isSlow(flow, now)) closeFor(socket, 'slowReader');
      else if (until !== null && until <= now) closeFor(socket, 'expired');
    }
  }

  async #closeOfDeletedSessions(): Promise<void> {
    const listening = this.#sockets().flatMap((socket) => {
      const { filter, holder } = stateOf(socket);
      const { sessionIds } = filter;
      return sessionIds === null ? [] : [{ socket, sessionIds, ...holder }];
    });
    const [first] = listening;
    if (first === undefined) return;
    const ids = [...new Set(listening.flatMap(({ sessionIds }) => sessionIds))];
    const kept = await keptSessions(this.#worker.services(), first.workspaceId, ids);
    for (const { socket, sessionIds } of listening)
      if (!sessionIds.some((id) => kept.has(id))) closeFor(socket, 'sessionDeleted');
  }

  /** What fails here is tried again at the next look. */
  async #logged(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    this.#worker.services().log({ event: 'hub_failed', ...describeError(error) });
  }
}
