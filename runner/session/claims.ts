import type { Assignment } from '../../shared/protocol/leases.ts';
import type { ClaimedMessage } from '../../shared/protocol/outbound-message.ts';
import { deriveWireId } from '../../shared/wire-id.ts';
import { backoffMs } from '../backoff.ts';
import { sleep, unlessAborted, type Clock } from '../clock.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import { EdgeError } from '../edge-client/edge-error.ts';
import type { SendJournal } from '../journal/send-journal.ts';
import type { Log } from '../log.ts';
import type { Settlement } from './settlements.ts';
import type { UnsettledMessages } from './unsettled.ts';

/** How many messages are claimed at once: a runner that dies with its disk leaves few in doubt. */
const CLAIM_LIMIT = 5;
/** Without pacing, the next are claimed while this many are left, so that no send waits for the edge. */
const CLAIM_AHEAD = 5;
const EDGE_RETRY = { baseMs: 500, maxMs: 15_000 };

type ClaimsDeps = {
  assignment: Pick<Assignment, 'sessionId' | 'epoch' | 'sessionKey'>;
  pacing: () => Assignment['pacing'];
  clock: Clock;
  random: () => number;
  log: Log;
  edge: Pick<EdgeClient, 'claim' | 'unsettled'>;
  journal: SendJournal;
  unsettled: UnsettledMessages;
  settle: (settlement: Settlement) => Promise<void>;
  /** Resolves when the edge has every report of this session that was made so far. */
  reportsDelivered: () => Promise<void>;
  /** The edge refuses this epoch: time for a heartbeat. */
  refusedByEdge: () => void;
  stopping: AbortSignal;
  /** Messages that were claimed ahead have arrived. */
  kick: () => void;
};

/** One session's messages that are claimed from the edge's queue and not begun: nothing in here can have left. */
export class Claims {
  readonly #deps: ClaimsDeps;
  #hand: ClaimedMessage[] = [];
  #loaded = false;
  #wanted = true;
  #upTo = -1;
  /** A claim that is under way while messages are sent. */
  #ahead: Promise<void> | null = null;
  /** The edge must have the settlements that are under way before it can hand out later messages. */
  #reportFirst = false;
  #failures = 0;

  constructor(deps: ClaimsDeps) {
    this.#deps = deps;
  }

  /** The next to be sent. */
  get first(): ClaimedMessage | undefined {
    return this.#hand[0];
  }

  /** The first is settled, or is looked after by `unsettled`. */
  done(): void {
    this.#hand.shift();
  }

  /** Takes those out that have expired by `now`, wherever in the hand they are. @param except is being sent */
  takeExpired(now: number, except: ClaimedMessage | null): ClaimedMessage[] {
    const isOver = (message: ClaimedMessage): boolean =>
      message !== except && message.expiresAt <= now;
    const expired = this.#hand.filter(isOver);
    this.#hand = this.#hand.filter((message) => !isOver(message));
    return expired;
  }

  /** Unix ms at which the next in hand expires; Infinity with nothing in hand. @param except is being sent */
  nextExpiry(except: ClaimedMessage | null): number {
    const others = this.#hand.filter((message) => message !== except);
    return Math.min(...others.map(({ expiresAt }) => expiresAt));
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get busy(): boolean {
    return this.#hand.length > 0 || this.#ahead !== null;
  }

  /** Resolves when no claim is under way. */
  async settledDown(): Promise<void> {
    await this.#ahead;
  }

  /** @returns whether there is something to claim */
  ring(queueSeq: number, doorbell: boolean): boolean {
    if (doorbell || queueSeq > this.#upTo) this.#wanted = true;
    return this.#wanted;
  }

  /** The edge must know what is settled from now on before the next claim. */
  reportFirst(): void {
    this.#reportFirst = true;
  }

  /** Loads what was claimed and never settled: by an earlier owner, or in an answer that was lost. */
  load(): Promise<boolean> {
    return this.#fromEdge(() => this.#load());
  }

  /** With nothing in hand: waits for a claim that is under way, or claims. @returns false when nothing is queued */
  async more(): Promise<boolean> {
    if (this.#ahead === null) return this.#wanted && this.#fromEdge(() => this.#claim());
    await this.#ahead;
    return true;
  }

  /** Claims while what is in hand is sent. */
  ahead(): void {
    if (this.#ahead !== null || !this.#wanted || this.#reportFirst) return;
    if (this.#hand.length > CLAIM_AHEAD || this.#deps.pacing().minIntervalMs > 0) return;
    this.#ahead = this.#fromEdge(() => this.#claim())
      .then(() => this.#deps.kick())
      .catch((error: unknown) => {
        this.#loaded = false;
        const { sessionId } = this.#deps.assignment;
        this.#deps.log.error('send.claim_failed', { sessionId, error });
      })
      .finally(() => {
        this.#ahead = null;
      });
  }

  /** Gives all back to the edge's queue, in their old places. @param attempts of the first, by now */
  async giveBack(attempts?: number): Promise<void> {
    const [first] = this.#hand;
    if (first !== undefined && attempts !== undefined) this.#hand[0] = { ...first, attempts };
    // What is claimed at this moment comes after what goes back, and must not be sent before it.
    await this.#ahead;
    await this.return(null);
  }

  /** @param except stays, since it is begun */
  async return(except: ClaimedMessage | null): Promise<void> {
    const back = this.#hand.filter((message) => message !== except);
    if (back.length === 0) return;
    this.#hand = this.#hand.filter((message) => message === except);
    this.#reportFirst = true;
    this.#wanted = true;
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

  async #load(): Promise<boolean> {
    const { assignment, edge, journal, unsettled } = this.#deps;
    const { sessionId, epoch, sessionKey } = assignment;
    await journal.openEpoch(epoch);
    if (!(await this.#delivered())) return false;
    const { messages } = await edge.unsettled({ sessionId, epoch });
    const held = new Set(this.#hand.map(({ messageId }) => messageId));
    for (const message of messages) {
      if (held.has(message.messageId) || unsettled.holds(message.messageId)) continue;
      const wireId = await deriveWireId(sessionKey, message.messageId);
      await unsettled.add({ ...message, wireId });
    }
    // What was put back must be in the queue before anything later is claimed.
    if (!(await this.#delivered())) return false;
    await journal.forgetBefore(epoch);
    this.#loaded = true;
    return true;
  }

  async #claim(): Promise<boolean> {
    const { sessionId, epoch } = this.#deps.assignment;
    if (this.#reportFirst && !(await this.#delivered())) return false;
    this.#reportFirst = false;
    this.#wanted = false;
    const answer = await this.#deps.edge.claim({ sessionId, epoch, limit: CLAIM_LIMIT });
    const claimed = answer.messages.toSorted((a, b) => a.queueSeq - b.queueSeq);
    this.#hand.push(...claimed);
    this.#upTo = claimed.at(-1)?.queueSeq ?? answer.highestQueueSeq;
    // The next heartbeat rings again: the queue may be held back by another owner's sends.
    if (answer.heldBack && claimed.length === 0) this.#upTo = -1;
    else if (answer.highestQueueSeq > this.#upTo) this.#wanted = true;
    return true;
  }

  /** Runs a call to the edge; after a failure it waits, or asks the heartbeat whether the session is still ours. */
  async #fromEdge(call: () => Promise<boolean>): Promise<boolean> {
    const { assignment, clock, log, random, refusedByEdge, stopping } = this.#deps;
    try {
      const more = await call();
      this.#failures = 0;
      return more;
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      this.#wanted = true;
      if (error.kind === 'refused') refusedByEdge();
      // An answer that got lost may have carried messages.
      else this.#loaded = false;
      const { sessionId } = assignment;
      log.warn('send.edge_call_failed', { sessionId, status: error.status, error });
      await sleep(clock, backoffMs(this.#failures++, EDGE_RETRY, random), stopping);
      return true;
    }
  }

  /** @returns false when stopping came first */
  async #delivered(): Promise<boolean> {
    const { reportsDelivered, stopping } = this.#deps;
    await unlessAborted(reportsDelivered(), stopping);
    return !stopping.aborted;
  }
}
