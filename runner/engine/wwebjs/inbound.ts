import type { Conduct, Traffic } from '../../../shared/protocol/leases.ts';
import type { FactReport } from '../../../shared/protocol/runner-reports.ts';
import { KeyedLanes } from '../../work-lane.ts';
import type { EngineEvent } from '../port.ts';
import { describe } from '../describe-error.ts';
import { withDeadline } from '../../deadline.ts';
import { textOf, type Received } from './content.ts';
import { groupFact, idsInNotice } from './group-events.ts';
import { callFact, callOf } from './call-event.ts';
import type { Awaited } from './awaited.ts';
import { InboundFiles } from './inbound-files.ts';
import type { LibraryPage } from './library.ts';
import { rejectCall } from './live/calls.ts';
import {
  ackFact,
  editFact,
  factName,
  isAwaited,
  isWanted,
  milliseconds,
  pollVoteFact,
  reactionFact,
  receivedFact,
  revokeFact,
} from './mapping.ts';
import { OLDEST_MS } from './online-mark.ts';
import { resolvePeople } from './page/people.ts';
import { fields, messageKey, text } from './payload.ts';
import { idsIn, type Known, type People } from './people.ts';
import type { Outbound } from './sent-message.ts';

const PEOPLE_MS = 3_000;
const REJECT_MS = 5_000;
const PEOPLE_KEPT = 5_000;
const SEEN_KEPT = 10_000;

export type InboundDeps = {
  page: LibraryPage;
  filesDir: string;
  traffic: Traffic;
  conduct: Conduct;
  awaited: Awaited;
  refusalOf: Outbound['refusalOf'];
  emit: (event: EngineEvent) => void;
  log: (entry: Record<string, unknown>) => void;
  now: () => number;
};

/**
 * Turns the library's events about the outside world into facts. Facts of one chat keep their order. A file holds nothing up: its
 * message is reported before it is fetched.
 */
export class Inbound {
  readonly #deps: InboundDeps;
  readonly #people = new Map<string, Known>();
  readonly #chats = new KeyedLanes();
  /** Serialized keys of reported messages and notices, and the names of reported changes. */
  readonly #seen = new Set<string>();
  /** Wire ids of our own sends. */
  readonly #sent = new Set<string>();
  /** Ack levels by serialized key. */
  readonly #acks = new Map<string, number>();
  /** When each thing that is not out yet came. */
  readonly #pending = new Set<{ at: number }>();
  readonly files: InboundFiles;

  constructor(deps: InboundDeps) {
    this.#deps = deps;
    this.files = new InboundFiles(deps);
  }

  /** The engine is about to send under this wire id: what comes back under it is no news. */
  sends(wireId: string): void {
    this.#sent.add(wireId);
    trim(this.#sent, SEEN_KEPT);
  }

  /** A message that is new on the page, whoever wrote it; the page's own go no further. */
  created(payload: unknown): void {
    const data = fields(payload);
    if (messageKey(data['id'])?.fromMe === true && data['local'] !== true) this.message(payload);
  }

  /** A message as it is now. One that is still ciphertext makes no fact, and is awaited. */
  message(payload: unknown, backfilled = false): void {
    const data = fields(payload);
    const key = messageKey(data['id']);
    if (key === null || this.#sent.has(key.wireId)) return;
    if (isAwaited(data)) {
      if (isWanted(payload, this.#deps.traffic)) this.#await(key.wireKey, milliseconds(data['t']));
      return;
    }
    this.#inOrder(payload, async (people) => {
      const fact = receivedFact(payload, people, backfilled);
      if (fact !== null && !this.#wasSeen(fact.wireKey)) this.#received(fact);
      if (this.#deps.awaited.unreadable.delete(key.wireKey)) void this.#deps.awaited.save();
    });
  }

  ack(payload: unknown, ack: unknown): void {
    const key = messageKey(fields(payload)['id']);
    if (key !== null && typeof ack === 'number') {
      this.#acks.set(key.wireKey, ack);
      trim(this.#acks, SEEN_KEPT);
    }
    this.#map(payload, async (people) => {
      const fact = ackFact(payload, ack, people);
      if (fact === null || fact.ack >= 0) return fact;
      const error = await this.#deps.refusalOf(fact.chatId);
      return error === null ? fact : { ...fact, error };
    });
  }

  reaction(payload: unknown): void {
    this.#map(payload, (people) => reactionFact(payload, people));
  }

  vote(payload: unknown): void {
    this.#map(payload, (people) => pollVoteFact(payload, people));
  }

  edit(payload: unknown, newText: unknown): void {
    this.#map(payload, (people) => editFact(payload, newText, people));
  }

  revoke(payload: unknown): void {
    this.#map(payload, (people) => revokeFact(payload, people, this.#deps.now()));
  }

  /** A message of which only the present state shows that it was edited or deleted for everyone. */
  changed(payload: unknown): void {
    const data = fields(payload);
    const type = text(data['type']) ?? '';
    if (type === 'revoked') this.revoke(payload);
    else this.edit(payload, textOf(data, type));
  }

  /** WhatsApp Web shows a call several times while it rings. */
  call(payload: unknown): void {
    const call = callOf(payload);
    if (call === null || this.#wasSeen(call.callId)) return;
    const now = this.#deps.now();
    const report = async (people: People): Promise<void> => {
      const rejected = this.#deps.conduct.rejectCalls && (await this.#reject(call.callId));
      const fact = callFact(payload, people, { rejected, now });
      if (fact !== null) this.#deps.emit({ type: 'fact', fact });
    };
    this.#inOrder(payload, report, [call.from]);
  }

  group(notice: unknown): void {
    const key = messageKey(fields(notice)['id']);
    if (key === null || this.#wasSeen(key.wireKey)) return;
    const make = (people: People) => groupFact(notice, people);
    this.#map(notice, make, idsInNotice(notice));
  }

  /** Whether the message of this serialized key was reported, or is a send of ours. */
  knows(wireKey: string): boolean {
    return this.#seen.has(wireKey) || this.#sent.has(messageKey(wireKey)?.wireId ?? '');
  }

  knowsAck(wireKey: string, ack: number): boolean {
    return this.#acks.get(wireKey) === ack;
  }

  /** Looks everybody up whom these payloads name, at once instead of one by one. */
  async learn(payloads: readonly unknown[]): Promise<void> {
    await this.#lookUp([...new Set(payloads.flatMap(idsIn))]);
  }

  /** Unix ms: everything that came before then is out, or awaited. */
  get doneUpTo(): number {
    const pending = [...this.#pending].map(({ at }) => at);
    return Math.min(this.#deps.now(), ...pending);
  }

  /** Serialized keys of messages that were ciphertext when they were last seen. After a day they are given up. */
  unreadable(): string[] {
    const { unreadable } = this.#deps.awaited;
    for (const [wireKey, at] of unreadable)
      if (at < this.#deps.now() - OLDEST_MS) unreadable.delete(wireKey);
    return [...unreadable.keys()];
  }

  /** Resolves when every fact so far has been reported; what comes of files is not waited for. */
  reported(): Promise<void> {
    return this.#chats.idle();
  }

  /** Resolves when that too has been reported. */
  async idle(): Promise<void> {
    await this.reported();
    await this.files.idle();
  }

  #map(
    payload: unknown,
    make: (people: People) => FactReport | null | Promise<FactReport | null>,
    named: readonly string[] = idsIn(payload),
  ): void {
    const work = async (people: People): Promise<void> => {
      const fact = await make(people);
      const name = fact === null ? null : factName(fact);
      if (fact === null || (name !== null && this.#wasSeen(name))) return;
      this.#deps.emit({ type: 'fact', fact });
    };
    this.#inOrder(payload, work, named);
  }

  /** What is not wanted costs nothing more: no call to the page, and no place in the order. */
  #inOrder(
    payload: unknown,
    work: (people: People) => Promise<void>,
    named: readonly string[] = idsIn(payload),
  ): void {
    if (!isWanted(payload, this.#deps.traffic)) return;
    const data = fields(payload);
    const chat = messageKey(data['msgId'] ?? data['id'])?.remote ?? '';
    const pending = { at: this.#deps.now() };
    this.#pending.add(pending);
    void this.#chats.run(chat, async () => {
      try {
        await work(await this.#lookUp(named));
      } catch (error) {
        this.#deps.log({ event: 'engine.inbound_failed', detail: describe(error) });
      }
      this.#pending.delete(pending);
    });
  }

  async #lookUp(ids: readonly string[]): Promise<People> {
    const unknown = ids.filter((id) => !this.#people.has(id));
    if (unknown.length > 0) {
      try {
        const call = this.#deps.page.evaluate(resolvePeople, unknown);
        const found = await withDeadline(call, PEOPLE_MS, 'looking people up');
        for (const [id, known] of Object.entries(found)) {
          // Half an answer is asked for again: the page learns the other form later.
          if (known.phoneId !== null && known.lid !== null) this.#people.set(id, known);
        }
        trim(this.#people, PEOPLE_KEPT);
        return (id) => found[id] ?? this.#people.get(id);
      } catch (error) {
        this.#deps.log({ event: 'engine.people_unknown', detail: describe(error) });
      }
    }
    return (id) => this.#people.get(id);
  }

  /** @returns whether it was rejected */
  async #reject(callId: string): Promise<boolean> {
    try {
      const rejected = this.#deps.page.evaluate(rejectCall, { callId });
      return 'rejected' in (await withDeadline(rejected, REJECT_MS, 'rejecting a call'));
    } catch (error) {
      this.#deps.log({ event: 'engine.call_not_rejected', detail: describe(error) });
      return false;
    }
  }

  #received(fact: Received): void {
    this.#deps.emit({ type: 'fact', fact });
    const { media, wireId, wireKey, chatId } = fact;
    if (media === null) return;
    const { mimetype, filename, sizeBytes } = media;
    this.files.fetch({ wireId, wireKey, chatId, mimetype, filename, sizeBytes });
  }

  #await(wireKey: string, at: number): void {
    const { awaited } = this.#deps;
    if (awaited.unreadable.has(wireKey)) return;
    awaited.unreadable.set(wireKey, at);
    trim(awaited.unreadable, SEEN_KEPT);
    void awaited.save();
  }

  #wasSeen(name: string): boolean {
    if (this.#seen.has(name)) return true;
    this.#seen.add(name);
    trim(this.#seen, SEEN_KEPT);
    return false;
  }
}

/** Drops the oldest entries beyond `limit`. */
function trim(collection: Map<string, unknown> | Set<string>, limit: number): void {
  for (const key of collection.keys()) {
    if (collection.size <= limit) return;
    collection.delete(key);
  }
}
