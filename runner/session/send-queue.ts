import { ERRORS } from '../../shared/errors.ts';
import type { Assignment } from '../../shared/protocol/leases.ts';
import type { ClaimedMessage } from '../../shared/protocol/outbound-message.ts';
import { backoffMs } from '../backoff.ts';
import { sleep, type Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { WhatsAppEngine } from '../engine/port.ts';
import type { SendJournal } from '../journal/send-journal.ts';
import type { Log } from '../log.ts';
import { type Ack, AckWatch } from './ack-watch.ts';
import { carry, failure } from './carry.ts';
import { Claims } from './claims.ts';
import { pauseAfter } from './judge-send.ts';
import type { MediaDownload } from './outbound-media.ts';
import type { SendLines } from './send-lines.ts';
import type { Settlement } from './settlements.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { Timers } from './timers.ts';
import { UnsettledMessages, type UnsettledTiming } from './unsettled.ts';

const BROKEN_RETRY = { baseMs: 500, maxMs: 15_000 };
/** A timer cannot run for as long as a message may wait. */
const LONGEST_TIMER_MS = 3_600_000;

type SendQueueDeps = {
  assignment: Pick<Assignment, 'sessionId' | 'epoch' | 'sessionKey'>;
  pacing: () => Assignment['pacing'];
  /** Without pacing, how many messages may be on their way to WhatsApp's server at once; a kill leaves as many in doubt. */
  mostUnacked: number;
  clock: Clock;
  random: () => number;
  log: Log;
  edge: Pick<EdgeClient, 'claim' | 'unsettled'>;
  journal: SendJournal;
  settle: (settlement: Settlement) => Promise<void>;
  /** Resolves when the edge has every report of this session that was made so far. */
  reportsDelivered: () => Promise<void>;
  /** The edge refuses this epoch: time for a heartbeat. */
  refusedByEdge: () => void;
  /** The engine that may send at this moment, or null: not online, or the lease is not current. */
  engine: () => WhatsAppEngine | null;
  /** The number that it sends from, bare digits. */
  phoneNumber: () => string | null;
  download: MediaDownload;
  tracing: Tracing;
  lines: SendLines;
  filesDir: string;
  timing: UnsettledTiming;
};

/**
 * Carries one session's messages from the edge's queue to the engine, one after the other and in `queueSeq` order. First
 * it settles what earlier owners left; then it claims while the session may send. One loop does everything; `kick` wakes it.
 */
export class SendQueue {
  readonly #deps: SendQueueDeps;
  readonly #acks: AckWatch;
  readonly #unsettled: UnsettledMessages;
  readonly #claims: Claims;
  readonly #stopping = new AbortController();
  readonly #timers: Timers<'expiry'>;
  /** The message that is taken to the engine: in hand still, and `#begun` once it may have left. */
  #carried: ClaimedMessage | null = null;
  #begun: ClaimedMessage | null = null;
  #sendEnded: (() => void) | null = null;
  /** The engine whose acks are waited for. */
  #sender: WhatsAppEngine | null = null;
  #linkLost = false;
  #failures = 0;
  #nextSendAt = 0;
  #running: Promise<void> | null = null;
  #kicked = false;

  constructor(deps: SendQueueDeps) {
    this.#deps = deps;
    this.#timers = new Timers(deps.clock);
    this.#acks = new AckWatch(deps.clock);
    this.#unsettled = new UnsettledMessages({
      ...deps,
      acks: this.#acks,
      engine: () => this.#engine(),
      toLookUp: () => this.kick(),
    });
    this.#claims = new Claims({
      ...deps,
      unsettled: this.#unsettled,
      stopping: this.#stopping.signal,
      kick: () => this.kick(),
    });
  }

  /** The edge has messages up to `queueSeq`. A doorbell always causes a claim, a heartbeat answer only when they are new. */
  ring(queueSeq: number, doorbell = false): void {
    if (this.#claims.ring(queueSeq, doorbell)) this.kick();
  }

  /** @returns true when it settles a send, whose settlement then reports it */
  acked(wireId: string, ack: Ack): boolean {
    return this.#acks.seen(wireId, ack);
  }

  /** The profile is no longer linked: messages in doubt can never be looked up. */
  linkLost(): void {
    this.#linkLost = true;
    this.kick();
  }

  /** Checks everything again: status, lease or engine changed. */
  kick(): void {
    this.#kicked = true;
    this.#acks.wake();
    this.#expireOnTime();
    if (this.#running !== null || this.#stopping.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** A send is in flight, or something waits to be sent. */
  get busy(): boolean {
    return this.#begun !== null || this.#acks.awaited > 0 || this.#claims.busy;
  }

  /** Resolves when no send is in flight, at the latest after `waitMs`. */
  async inFlight(waitMs: number): Promise<void> {
    const ended = this.#sent().then(() => this.#acks.noneAwaited());
    await withDeadline(ended, waitMs, 'send in flight', this.#deps.clock).catch(() => undefined);
    this.#sendEnded = null;
  }

  /** Starts nothing new, waits up to `waitMs` for a send in flight, and gives back what was not begun. */
  async close(waitMs: number): Promise<void> {
    const { clock, log, assignment } = this.#deps;
    // Without an engine no ack comes.
    const acks = this.#deps.engine() === null ? null : this.#acks;
    this.#stopping.abort();
    this.#timers.clearAll();
    this.#acks.wake();
    const ended = Promise.all([this.#running, this.#claims.settledDown()]);
    try {
      const acked = ended.then(() => acks?.noneAwaited());
      await withDeadline(acked, waitMs, 'send in flight', clock);
    } catch (error) {
      log.warn('send.left_in_flight', { sessionId: assignment.sessionId, error });
    }
    this.#acks.close();
    await this.#claims.return(this.#begun);
  }

  #sent(): Promise<void> {
    if (this.#begun === null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#sendEnded = resolve;
    });
  }

  #engine(): WhatsAppEngine | null {
    return this.#stopping.signal.aborted ? null : this.#deps.engine();
  }

  async #run(): Promise<void> {
    while (this.#kicked && !this.#stopping.signal.aborted) {
      this.#kicked = false;
      try {
        while (await this.#step());
        this.#failures = 0;
      } catch (error) {
        const { sessionId } = this.#deps.assignment;
        this.#deps.log.error('send.queue_failed', { sessionId, error });
        await this.#pause(backoffMs(this.#failures++, BROKEN_RETRY, this.#deps.random));
        this.#kicked = true;
      }
    }
  }

  /** Does the next thing there is to do. @returns false when there is none until the next kick */
  async #step(): Promise<boolean> {
    if (this.#stopping.signal.aborted) return false;
    const claims = this.#claims;
    if (!claims.loaded) return claims.load();
    const engine = this.#engine();
    if (engine === null) {
      if (this.#linkLost) await this.#unsettled.giveUp();
      await claims.giveBack();
      return false;
    }
    this.#linkLost = false;
    if (engine !== this.#sender) {
      this.#sender = engine;
      this.#unsettled.askAgain();
    }
    if (this.#unsettled.pending) {
      claims.reportFirst();
      await this.#pause(await this.#unsettled.resolve(engine));
      return true;
    }
    await this.#expire();
    const next = claims.first;
    if (next === undefined) return claims.more();
    claims.ahead();
    return this.#serve(next, engine);
  }

  async #serve(message: ClaimedMessage, engine: WhatsAppEngine): Promise<boolean> {
    const { clock, phoneNumber, settle } = this.#deps;
    if (message.senderNumber !== undefined && message.senderNumber !== phoneNumber()) {
      this.#claims.done();
      await settle(failure(message.messageId, 'NUMBER_CHANGED', ERRORS.NUMBER_CHANGED.message));
      return true;
    }
    const wait = this.#nextSendAt - clock.monotonic();
    if (wait > 0) await this.#pause(wait);
    else if (this.#acks.awaited >= this.#mostUnacked()) await this.#acks.changed();
    else await this.#send(message, engine);
    return true;
  }

  async #expire(): Promise<void> {
    const { clock, settle } = this.#deps;
    const expired = this.#claims.takeExpired(clock.now(), this.#carried);
    this.#expireOnTime();
    for (const { messageId } of expired)
      await settle(failure(messageId, 'EXPIRED', ERRORS.EXPIRED.message));
  }

  /** Messages expire when their time comes, whatever the loop waits for: the pace, an ack, a file. */
  #expireOnTime(): void {
    const { assignment, clock, log } = this.#deps;
    const at = this.#claims.nextExpiry(this.#carried);
    if (at === Infinity || this.#stopping.signal.aborted) return this.#timers.clear('expiry');
    this.#timers.set('expiry', Math.min(at - clock.now(), LONGEST_TIMER_MS), () => {
      this.#expire().catch((error: unknown) => {
        const { sessionId } = assignment;
        log.error('send.expire_failed', { sessionId, error });
      });
    });
  }

  #mostUnacked(): number {
    return this.#deps.pacing().minIntervalMs > 0 ? 1 : this.#deps.mostUnacked;
  }

  async #send(message: ClaimedMessage, engine: WhatsAppEngine): Promise<void> {
    const { assignment, clock, pacing, random, tracing } = this.#deps;
    this.#carried = message;
    this.#deps.lines.began(message);
    this.#expireOnTime();
    const carried = await carry(message, engine, {
      ...this.#deps,
      ...assignment,
      unsettled: this.#unsettled,
      engine: () => this.#engine(),
      began: (wireId) => {
        this.#begun = message;
        const { messageId, trace } = message;
        tracing.sendBegan({ messageId, sessionId: assignment.sessionId, wireId, trace });
        const { minIntervalMs, jitterMs } = pacing();
        this.#nextSendAt = clock.monotonic() + minIntervalMs + random() * jitterMs;
      },
    }).finally(() => {
      this.#carried = null;
      this.#begun = null;
      this.#sendEnded?.();
    });
    if (carried.result === 'done') this.#claims.done();
    if (carried.result !== 'again') return;
    tracing.sendTurnedAway(message.messageId);
    // In the queue it can be cancelled meanwhile, and the next owner knows of its attempts.
    await this.#claims.giveBack(carried.attempts);
    await this.#pause(pauseAfter(carried.attempts, random));
  }

  #pause(ms: number): Promise<void> {
    return sleep(this.#deps.clock, ms, this.#stopping.signal);
  }
}
