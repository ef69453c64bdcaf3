import type { Traffic } from '../../../shared/protocol/leases.ts';
import { withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import { noticeOf } from './group-events.ts';
import type { Inbound } from './inbound.ts';
import type { LibraryPage } from './library.ts';
import { MARGIN_MS, OLDEST_MS } from './online-mark.ts';
import { findChanges, type MissedChanges } from './page/missed-changes.ts';
import { findMissed, readMessages, requestResend } from './page/missed.ts';

const PER_CHAT = 200;
const IN_ALL = 2_000;
/** Messages that cross over and are in this process's memory at once. */
const PIECE = 50;
const FIND_MS = 60_000;
const READ_MS = 15_000;
/** How old the messages are that are loaded for changes: they can be edited for a quarter of an hour, and deleted longer. */
const CHANGEABLE_MS = 3_600_000;
/** An edit bears the time of its sender's phone, which may be so far behind. Of those found again the edge makes no event. */
const PHONES_BEHIND_MS = 900_000;

export type BackfillDeps = {
  page: () => LibraryPage;
  inbound: Inbound;
  traffic: Traffic;
  now: () => number;
  /** Unix ms: before then nothing was missed. */
  since: number;
  /** Unix ms: what came before then is history, however far a margin reaches. */
  linkedAt: number;
  log: (entry: Record<string, unknown>) => void;
};

/**
 * Reports what came while nobody listened: messages and notices of groups, oldest first, what happened to messages, and how
 * far our own got; and what has become readable since. What this engine has reported is left out; the edge recognises what another engine reported.
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
    const { page, inbound, traffic, now, linkedAt, log } = this.#deps;
    const startedAt = now();
    const since = Math.max(this.#since, linkedAt, startedAt - OLDEST_MS);
    const request = {
      since: seconds(since),
      acksSince: seconds(startedAt - OLDEST_MS),
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
    const missed = new Set(found.keys);
    const awaited = inbound.unreadable().filter((key) => !missed.has(key));
    const keys = [...awaited, ...missed].filter((key) => !inbound.knows(key));
    await this.#read(keys, (payload) => {
      const notice = noticeOf(payload);
      if (notice === null) inbound.message(payload, true);
      else inbound.group(notice);
    });
    await this.#requestResend(inbound.unreadable());
    const acks = found.acks
      .filter(({ key, ack }) => !inbound.knowsAck(key, ack))
      .map(({ key, ack }) => ({ id: key, ack }));
    await this.#inPieces(acks, (payload) => inbound.ack(payload, payload.ack));
    const changes = await this.#changes(since);
    this.#since = Math.min(startedAt, inbound.doneUpTo) - MARGIN_MS;
    this.#complete = true;
    const { more, unreadChats } = found;
    const { count, failed, skipped } = changes;
    const reported = keys.length + acks.length + count;
    const left = unreadChats + failed.length + skipped.chats + skipped.changes;
    if (reported + left === 0 && !more) return;
    const counts = { messages: keys.length, acks: acks.length, changes: count };
    log({ ...counts, more, unreadChats, failed, skipped });
  }

  /** What the phone sends again comes as it would live. */
  async #requestResend(unreadable: string[]): Promise<void> {
    if (unreadable.length === 0) return;
    const { page, log } = this.#deps;
    const request = page().evaluate(requestResend, unreadable);
    await withDeadline(request, READ_MS, 'asking for messages again').catch((error: unknown) =>
      log({ resend: describe(error) }),
    );
  }

  /** @returns how many there were, those that were reported already among them; and what was not looked through */
  async #changes(
    since: number,
  ): Promise<Pick<MissedChanges, 'failed' | 'skipped'> & { count: number }> {
    const { page, inbound, linkedAt } = this.#deps;
    const request = {
      since: seconds(Math.max(linkedAt, since - PHONES_BEHIND_MS)),
      loadSince: seconds(since - CHANGEABLE_MS),
      perChat: PER_CHAT,
      inAll: IN_ALL,
    };
    const { keys, reactions, votes, failed, skipped } = await withDeadline(
      page().evaluate(findChanges, request),
      FIND_MS,
      'looking for missed changes',
    );
    await this.#read(keys, (payload) => inbound.changed(payload));
    await this.#inPieces(reactions, (reaction) => inbound.reaction(reaction));
    await this.#inPieces(votes, (vote) => inbound.vote(vote));
    return { count: keys.length + reactions.length + votes.length, failed, skipped };
  }

  /** Messages as they are on the page now. */
  async #read(keys: string[], report: (payload: unknown) => void): Promise<void> {
    for (let at = 0; at < keys.length; at += PIECE) {
      const read = this.#deps.page().evaluate(readMessages, keys.slice(at, at + PIECE));
      const payloads = await withDeadline(read, READ_MS, 'reading what was missed');
      await this.#inPieces(payloads, report);
    }
  }

  async #inPieces<Payload>(
    payloads: readonly Payload[],
    report: (payload: Payload) => void,
  ): Promise<void> {
    const { inbound } = this.#deps;
    for (let at = 0; at < payloads.length; at += PIECE) {
      const piece = payloads.slice(at, at + PIECE);
      await inbound.learn(piece);
      for (const payload of piece) report(payload);
      await inbound.reported();
    }
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1_000);
