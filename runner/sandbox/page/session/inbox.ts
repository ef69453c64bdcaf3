import type { NumberedStanza, Stanza } from '../../protocol/frames.ts';
import type { Person } from '../../protocol/records.ts';
import type { Core } from '../core.ts';
import { ConnectionLostError } from '../errors.ts';
import { applyGroup, ensureChat } from '../chats.ts';
import { meet } from '../people.ts';
import { chatPut, enter, storedPlace, messagePut } from '../records.ts';
import type { Places } from '../records.ts';
import type { MsgModel } from '../models/message.ts';
import type { Put } from '../storage.ts';
import { fromWire } from '../wire.ts';
import { applyLabels } from '../modules/labels.ts';
import { showRevoked, type Addons } from '../modules/addons.ts';

const batchSize = 100;

type Arrived = { stanza: NumberedStanza; message: MsgModel | null };

/** What comes from the world: stored first, then shown to the library, then acknowledged, in order. */
export class Inbox {
  readonly #core: () => Core;
  readonly #places: Places;
  readonly #addons: () => Addons;
  #queue: NumberedStanza[] = [];
  #busy = false;
  #done = 0;
  #waiters: { upTo: number; resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(core: () => Core, places: Places, addons: () => Addons) {
    this.#core = core;
    this.#places = places;
    this.#addons = addons;
  }

  receive(stanzas: NumberedStanza[]): void {
    this.#queue.push(...stanzas);
    if (!this.#busy) this.#drain().catch(reportError);
  }

  /** Resolves when the stanza of this number, and all before it, have been dealt with. */
  reached(upTo: number): Promise<void> {
    if (this.#done >= upTo) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ upTo, resolve, reject });
    });
  }

  /** What was awaited will come again on the next line. */
  lineLost(): void {
    for (const waiter of this.#waiters) waiter.reject(new ConnectionLostError());
    this.#waiters = [];
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#queue.length > 0) {
        const batch = this.#queue.splice(0, batchSize);
        await this.#handle(batch);
        this.#done = batch.at(-1)?.seq ?? this.#done;
        for (const waiter of this.#waiters.filter(({ upTo }) => upTo <= this.#done))
          waiter.resolve();
        this.#waiters = this.#waiters.filter(({ upTo }) => upTo > this.#done);
      }
    } finally {
      this.#busy = false;
    }
  }

  async #handle(batch: NumberedStanza[]): Promise<void> {
    const core = this.#core();
    const arrived: Arrived[] = [];
    const puts: Put[] = [];
    for (const stanza of batch) {
      const message = stanza.kind === 'message' ? await this.#unpack(stanza) : null;
      if (message !== null) puts.push(messagePut(core, message, false));
      arrived.push({ stanza, message });
    }
    if (puts.length > 0) await core.storage.write(puts);
    const changes: Put[] = [];
    for (const { stanza, message } of arrived)
      changes.push(...(await this.#apply(stanza, message)));
    if (changes.length > 0) await core.storage.write(changes);
    core.transport.acknowledge(batch.map(({ seq }) => seq));
  }

  /** The model of a message. One that is on disk already was stored by a page that died before it showed it. */
  async #unpack(stanza: Stanza & { kind: 'message' }): Promise<MsgModel> {
    const core = this.#core();
    this.#meetAll(stanza.people);
    const message = fromWire(core, stanza.message, true);
    message.place((await storedPlace(core, stanza.message)) ?? this.#places.next(message.t));
    return message;
  }

  #meetAll(people: Person[]): void {
    for (const person of people) meet(this.#core(), person);
  }

  #show(stanza: Stanza & { kind: 'message' }, message: MsgModel): Put[] {
    const core = this.#core();
    if (core.collections.Msg.get(message.id) !== undefined) return [];
    const { t } = stanza.message;
    const id = stanza.message.id.remote;
    const state = { id, t, unread: 0, archived: false, pinned: 0, muted: 0, labels: [] };
    const chat = ensureChat(core, state, false, stanza.group);
    enter(core, message, true);
    const unread = message.id.fromMe ? chat.unreadCount : Math.max(0, chat.unreadCount) + 1;
    chat.set({ t, unreadCount: unread });
    core.collections.Msg.trigger('add', message, core.collections.Msg);
    return [chatPut(core, chat)];
  }

  async #apply(stanza: NumberedStanza, message: MsgModel | null): Promise<Put[]> {
    const core = this.#core();
    switch (stanza.kind) {
      case 'message':
        return message === null ? [] : this.#show(stanza, message);
      case 'receipt':
        return this.#change(stanza.wireId, (target) => target.updateAck(stanza.ack));
      case 'read': {
        const chat = core.collections.Chat.get(core.directory.address(stanza.chat));
        chat?.set('unreadCount', 0);
        return chat === undefined ? [] : [chatPut(core, chat)];
      }
      case 'edit':
        return this.#change(stanza.target, (target) => {
          const field = target.directPath === undefined ? 'body' : 'caption';
          target.set({
            [field]: stanza.body,
            latestEditMsgKey: target.id,
            latestEditSenderTimestampMs: stanza.t,
          });
        });
      case 'revoke':
        return this.#change(stanza.target, (target) => {
          showRevoked(target, stanza.t);
        });
      case 'decrypted':
        return this.#change(stanza.target, (target) => {
          target.body = stanza.body;
          target.set('type', 'chat');
        });
      case 'reaction':
        return this.#change(stanza.target, (target) => this.#addons().reacted(target, stanza));
      case 'vote':
        return this.#change(stanza.target, (target) => this.#addons().voted(target, stanza));
      case 'group': {
        this.#meetAll(stanza.people);
        const chat = core.collections.Chat.get(stanza.group.id);
        if (chat !== undefined) applyGroup(core, chat, stanza.group);
        return [];
      }
      case 'people':
        this.#meetAll(stanza.people);
        return [];
      case 'labels':
        applyLabels(core, stanza.labels);
        return [];
    }
  }

  async #change(wireId: string, change: (message: MsgModel) => unknown): Promise<Put[]> {
    const core = this.#core();
    const message = await core.collections.Msg.findByWireId(wireId);
    if (message === undefined) return [];
    await change(message);
    return [messagePut(core, message, message.id.fromMe && message.ack === 0)];
  }
}
