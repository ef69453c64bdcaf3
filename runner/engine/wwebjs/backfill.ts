import type { Traffic } from '../../../shared/protocol/leases.ts';
import { withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import type { Inbound } from './inbound.ts';
import type { LibraryPage } from './library.ts';
import { MARGIN_MS, OLDEST_MS } from './online-mark.ts';
import { findMissed, readMessages } from './page/missed.ts';
import { findMissedVotes } from './page/missed-votes.ts';

const PER_CHAT = 200;
const IN_ALL = 2_000;
/** Messages that cross over and are in this process's memory at once. */
const PIECE = 50;
const FIND_MS = 60_000;
const READ_MS = 15_000;

export type BackfillDeps = {
  page: () => LibraryPage;
  inbound: Inbound;
  traffic: Traffic;
  now: () => number;
  /** Unix ms: before then nothing was missed. */
  since: number;
  log: (entry: Record<string, unknown>) => void;
};

/**
 * Reports what came while nobody listened: messages of others, oldest first, and how far our own got. Those that were
 * reported by this engine are left out; the edge recognises those that another engine reported.
 */
export class Backfill {
  readonly #deps: BackfillDeps;
  #since: number;
  #running: Promise<void> | null = null;
  #again = false;
  #complete = false;

  constructor(deps: BackfillDeps) {
    this.#deps = deps;
    this.#since = deps.since;
  }

  /** Nothing that came while nobody listened is left to report. */
  get complete(): boolean {
    return this.#complete;
  }

  /** The line is gone: from here on something may be missed. */
  interrupted(): void {
    this.#complete = false;
  }

  /** One at a time: asked for while it runs, it runs once more. */
  async run(): Promise<void> {
    if (this.#running !== null) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#rounds();
    try {
      await this.#running;
    } finally {
      this.#running = null;
    }
  }

  async #rounds(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#once();
      } catch (error) {
        // The page was not ready yet, or went away; who asked meanwhile knows it anew.
        if (!this.#again) throw error;
      }
    } while (this.#again);
  }

  async #once(): Promise<void> {
    const { page, inbound, traffic, now, log } = this.#deps;
    const startedAt = now();
    const since = Math.max(this.#since, startedAt - OLDEST_MS);
    const request = {
      since: Math.floor(since / 1000),
      acksSince: Math.floor((startedAt - OLDEST_MS) / 1000),
      perChat: PER_CHAT,
      inAll: IN_ALL,
      statuses: traffic.status,
      channels: traffic.channels,
    };
    const found = await withDeadline(
      page().evaluate(findMissed, request),
      FIND_MS,
      'looking for what was missed',
    );
    const keys = found.keys.filter((key) => !inbound.knows(key));
    for (let at = 0; at < keys.length; at += PIECE) {
      const read = page().evaluate(readMessages, keys.slice(at, at + PIECE));
      const payloads = await withDeadline(read, READ_MS, 'reading what was missed');
      await inbound.learn(payloads);
      for (const payload of payloads) inbound.message(payload, true);
      await inbound.idle();
    }
    const moved = found.acks.filter(({ key, ack }) => !inbound.knowsAck(key, ack));
    const acked = moved.map(({ key, ack }) => ({ id: key, ack }));
    for (let at = 0; at < acked.length; at += PIECE) {
      const piece = acked.slice(at, at + PIECE);
      await inbound.learn(piece);
      for (const payload of piece) inbound.ack(payload, payload.ack);
      await inbound.idle();
    }
    const votes = await this.#votes(since);
    this.#since = Math.min(startedAt, inbound.doneUpTo) - MARGIN_MS;
    this.#complete = true;
    if (keys.length + acked.length + votes > 0 || found.more)
      log({ messages: keys.length, acks: acked.length, votes, more: found.more });
  }

  /** Those that were reported already make no second event at the edge. */
  async #votes(since: number): Promise<number> {
    const { page, inbound, log } = this.#deps;
    try {
      const find = page().evaluate(findMissedVotes, { since });
      const votes = await withDeadline(find, READ_MS, 'looking for votes');
      await inbound.learn(votes);
      for (const vote of votes) inbound.vote(vote);
      await inbound.idle();
      return votes.length;
    } catch (error) {
      // A page that keeps votes elsewhere must not cost the messages.
      log({ votesUnknown: describe(error) });
      return 0;
    }
  }
}
