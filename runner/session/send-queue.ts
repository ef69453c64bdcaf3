import type { Assignment } from '../../shared/protocol/leases.ts';
import type { ClaimedMessage } from '../../shared/protocol/outbound-message.ts';
import { deriveWireId } from '../../shared/wire-id.ts';
import { backoffMs } from '../backoff.ts';
import { sleep, unlessAborted, within, type Clock } from '../clock.ts';
import { EdgeError, type EdgeClient } from '../edge-client/edge-client.ts';
import type { WhatsAppEngine } from '../engine/port.ts';
import type { SendJournal } from '../journal/send-journal.ts';
import type { Log } from '../log.ts';
import { AckWatch } from './ack-watch.ts';
import { carry, failure } from './carry.ts';
import { pauseAfter } from './judge-send.ts';
import type { MediaDownload } from './outbound-media.ts';
import type { Settlement } from './settlements.ts';
import { UnsettledMessages, type UnsettledTiming } from './unsettled.ts';

/** How many messages are claimed at once: a runner that dies with its disk leaves few in doubt. */
const CLAIM_LIMIT = 5;
/** Without pacing the next ones are claimed while so many are left, so that no send waits for the edge. */
const CLAIM_AHEAD = 3;
const EDGE_RETRY = { baseMs: 500, maxMs: 15_000 };

export type SendQueueDeps = {
  assignment: Pick<Assignment, 'sessionId' | 'epoch' | 'sessionKey'>;
  pacing: () => Assignment['pacing'];
  clock: Clock;
  random: () => number;
  log: Log;
  edge: Pick<EdgeClient, 'claim' | 'unsettled'>;
  journal: SendJournal;
  /** The engine that may send at this moment, or null: not online, or the lease is not current. */
  engine: () => WhatsAppEngine | null;
  settle: (settlement: Settlement) => Promise<void>;
  /** Resolves when the edge has every report of this session that was made so far. */
  reportsDelivered: () => Promise<void>;
  /** The edge says that this epoch is not ours: time for a heartbeat. */
  refusedByEdge: () => void;
  download: MediaDownload;
  filesDir: string;
  timing: UnsettledTiming;
};

/**
 * Carries one session's messages from the edge's queue to the engine, one at a time and in `queueSeq` order. First it
 * settles what earlier owners left; then it claims while the session may send. One loop does everything; `kick` wakes it.
 */
export class SendQueue {
  readonly #deps: SendQueueDeps;
  readonly #acks: AckWatch;
  readonly #unsettled: UnsettledMessages;
  readonly #stopping = new AbortController();
  #hand: ClaimedMessage[] = [];
  #begun: ClaimedMessage | null = null;
  #sendEnded: (() => void) | null = null;
  #loaded = false;
  #linkLost = false;
  #wantsClaim = true;
  #claimedUpTo = -1;
  /** A claim that is under way while messages are sent. */
  #ahead: Promise<void> | null = null;
  /** Settlements are under way that the edge must have before it can hand out what comes after them. */
  #tellFirst = false;
  #edgeFailures = 0;
  #nextSendAt = 0;
  #running: Promise<void> | null = null;
  #kicked = false;

  constructor(deps: SendQueueDeps) {
    this.#deps = deps;
    this.#acks = new AckWatch(deps.clock);
    const { clock, log, journal, settle, timing } = deps;
    this.#unsettled = new UnsettledMessages({
      clock,
      log,
      journal,
      settle,
      timing,
      acks: this.#acks,
      engine: () => this.#engine(),
    });
  }

  /** There is work up to `queueSeq`, says the edge's heartbeat answer; a doorbell says it without condition. */
  ring(queueSeq: number, doorbell = false): void {
    if (doorbell || queueSeq > this.#claimedUpTo) this.#wantsClaim = true;
    if (this.#wantsClaim) this.kick();
  }

  acked(wireId: string, ack: number): void {
    this.#acks.seen(wireId, ack);
  }

  /** The profile is no longer linked: what is in doubt can never be looked up. */
  linkLost(): void {
    this.#linkLost = true;
    this.kick();
  }

  /** Looks at everything again: status, lease or engine changed. */
  kick(): void {
    this.#kicked = true;
    if (this.#running !== null || this.#stopping.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** A send is in flight, or something waits to be sent. */
  get busy(): boolean {
    return this.#begun !== null || this.#hand.length > 0 || this.#ahead !== null;
  }

  /** Resolves when no send is in flight, at the latest after `waitMs`. */
  async inFlight(waitMs: number): Promise<void> {
    if (this.#begun === null) return;
    const ended = new Promise<void>((resolve) => {
      this.#sendEnded = resolve;
    });
    await within(this.#deps.clock, waitMs, 'send in flight', ended).catch(() => undefined);
    this.#sendEnded = null;
  }

  /** Starts nothing new, waits up to `waitMs` for a send in flight, and gives back what was not begun. */
  async close(waitMs: number): Promise<void> {
    const { clock, log, assignment } = this.#deps;
    this.#stopping.abort();
    try {
      await within(clock, waitMs, 'send in flight', Promise.all([this.#running, this.#ahead]));
    } catch (error) {
      log.warn('send.left_in_flight', { sessionId: assignment.sessionId, error });
    }
    this.#acks.close();
    await this.#returnHand();
  }

  #engine(): WhatsAppEngine | null {
    return this.#stopping.signal.aborted ? null : this.#deps.engine();
  }

  async #run(): Promise<void> {
    while (this.#kicked && !this.#stopping.signal.aborted) {
      this.#kicked = false;
      try {
        while (await this.#step());
      } catch (error) {
        const { sessionId } = this.#deps.assignment;
        this.#deps.log.error('send.queue_failed', { sessionId, error });
        await this.#pause(backoffMs(this.#edgeFailures++, EDGE_RETRY, this.#deps.random));
        this.#kicked = true;
      }
    }
  }

  /** Does the next thing there is to do. @returns false when there is none until the next kick */
  async #step(): Promise<boolean> {
    if (this.#stopping.signal.aborted) return false;
    if (!this.#loaded) return this.#fromEdge(() => this.#load());
    const engine = this.#engine();
    if (engine === null) {
      if (this.#linkLost) await this.#unsettled.giveUp();
      await this.#giveBack();
      return false;
    }
    this.#linkLost = false;
    if (this.#unsettled.pending) {
      this.#tellFirst = true;
      await this.#pause(await this.#unsettled.resolve(engine));
      return true;
    }
    const [next] = this.#hand;
    if (next === undefined) {
      if (this.#ahead === null) return this.#wantsClaim && this.#fromEdge(() => this.#claim());
      await this.#ahead;
      return true;
    }
    this.#claimAhead();
    return this.#serve(next, engine);
  }

  async #serve(message: ClaimedMessage, engine: WhatsAppEngine): Promise<boolean> {
    const { clock, random, settle } = this.#deps;
    if (message.expiresAt <= clock.now()) {
      this.#hand.shift();
      await settle(
        failure(message.messageId, 'EXPIRED', 'It was not sent before its time ran out.'),
      );
      return true;
    }
    const wait = this.#nextSendAt - clock.monotonic();
    if (wait > 0) {
      await this.#pause(wait);
      return true;
    }
    const { sessionKey, epoch } = this.#deps.assignment;
    const carried = await carry(message, engine, {
      ...this.#deps,
      sessionKey,
      epoch,
      unsettled: this.#unsettled,
      engine: () => this.#engine(),
      began: () => {
        this.#begun = message;
        const { minIntervalMs, jitterMs } = this.#deps.pacing();
        this.#nextSendAt = clock.monotonic() + minIntervalMs + random() * jitterMs;
      },
    }).finally(() => {
      this.#begun = null;
      this.#sendEnded?.();
    });
    if (carried.result === 'done') {
      this.#hand.shift();
      return true;
    }
    if (carried.result === 'not_now') return true;
    // In the queue it can be cancelled meanwhile, and whoever comes after us knows of its attempts.
    const { attempts } = carried;
    this.#hand[0] = { ...message, attempts };
    await this.#giveBack();
    await this.#pause(pauseAfter(attempts, random));
    return true;
  }

  /** What was claimed and never settled, by an earlier owner or in an answer that got lost on its way to us. */
  async #load(): Promise<boolean> {
    const { assignment, edge, journal } = this.#deps;
    const { sessionId, epoch, sessionKey } = assignment;
    await journal.openEpoch(epoch);
    if (!(await this.#delivered())) return false;
    const { messages } = await edge.unsettled({ sessionId, epoch });
    const held = new Set(this.#hand.map(({ messageId }) => messageId));
    for (const message of messages) {
      if (held.has(message.messageId) || this.#unsettled.holds(message.messageId)) continue;
      const wireId = await deriveWireId(sessionKey, message.messageId);
      await this.#unsettled.add({ ...message, wireId });
    }
    // What was put back must be in the queue before anything later is claimed.
    if (!(await this.#delivered())) return false;
    await journal.forgetBefore(epoch);
    this.#loaded = true;
    return true;
  }

  async #claim(): Promise<boolean> {
    const { sessionId, epoch } = this.#deps.assignment;
    if (this.#tellFirst && !(await this.#delivered())) return false;
    this.#tellFirst = false;
    this.#wantsClaim = false;
    const answer = await this.#deps.edge.claim({ sessionId, epoch, limit: CLAIM_LIMIT });
    const claimed = answer.messages.toSorted((a, b) => a.queueSeq - b.queueSeq);
    this.#hand.push(...claimed);
    this.#claimedUpTo = claimed.at(-1)?.queueSeq ?? answer.highestQueueSeq;
    // The next heartbeat rings again: whoever holds the queue back may not be us.
    if (answer.heldBack && claimed.length === 0) this.#claimedUpTo = -1;
    else if (answer.highestQueueSeq > this.#claimedUpTo) this.#wantsClaim = true;
    return true;
  }

  #claimAhead(): void {
    if (this.#ahead !== null || !this.#wantsClaim || this.#tellFirst) return;
    if (this.#hand.length > CLAIM_AHEAD || this.#deps.pacing().minIntervalMs > 0) return;
    this.#ahead = this.#fromEdge(() => this.#claim())
      .then(() => this.kick())
      .catch((error: unknown) => {
        this.#loaded = false;
        this.#deps.log.error('send.claim_failed', {
          sessionId: this.#deps.assignment.sessionId,
          error,
        });
      })
      .finally(() => {
        this.#ahead = null;
      });
  }

  /** Runs a call to the edge; after a failure it waits, or asks the heartbeat whether the session is still ours. */
  async #fromEdge(call: () => Promise<boolean>): Promise<boolean> {
    try {
      const more = await call();
      this.#edgeFailures = 0;
      return more;
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      this.#wantsClaim = true;
      if (error.kind === 'refused') this.#deps.refusedByEdge();
      // An answer that got lost may have carried messages.
      else this.#loaded = false;
      const { sessionId } = this.#deps.assignment;
      this.#deps.log.warn('send.edge_call_failed', { sessionId, status: error.status, error });
      await this.#pause(backoffMs(this.#edgeFailures++, EDGE_RETRY, this.#deps.random));
      return true;
    }
  }

  async #giveBack(): Promise<void> {
    // What is claimed at this moment comes after what goes back, and must not be sent before it.
    await this.#ahead;
    await this.#returnHand();
  }

  /** Messages that were claimed and not begun go back to the edge's queue, to their old places. */
  async #returnHand(): Promise<void> {
    const back = this.#hand.filter((message) => message !== this.#begun);
    if (back.length === 0) return;
    this.#hand = this.#hand.filter((message) => message === this.#begun);
    this.#tellFirst = true;
    this.#wantsClaim = true;
    for (const { messageId, attempts } of back)
      await this.#deps.settle({
        messageId,
        outcome: 'not_begun',
        wireId: null,
        wireKey: null,
        error: null,
        ...(attempts !== undefined && { attempts }),
      });
  }

  /** @returns false when stopping came first */
  async #delivered(): Promise<boolean> {
    const { signal } = this.#stopping;
    await unlessAborted(this.#deps.reportsDelivered(), signal);
    return !signal.aborted;
  }

  #pause(ms: number): Promise<void> {
    return sleep(this.#deps.clock, ms, this.#stopping.signal);
  }
}
