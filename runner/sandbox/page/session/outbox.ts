import type { Core } from '../core.ts';
import { ConnectionLostError, ServerStatusCodeError } from '../errors.ts';
import type { ChatModel } from '../models/chat.ts';
import { MsgModel } from '../models/message.ts';
import type { Attributes } from '../model.ts';
import { chatPut, enter, messagePut, recall } from '../records.ts';
import type { MessageRecord, Places } from '../records.ts';
import { toWire } from '../wire.ts';

export type SendResult = {
  messageSendResult: 'OK' | 'ERROR_NETWORK' | 'ERROR_UNKNOWN';
  t?: number;
};
type Waiting = { message: MsgModel; settle: (result: SendResult) => void };

/** Own messages on their way. One the world did not answer goes out again, under its id, when the line is back. */
export class Outbox {
  readonly #core: () => Core;
  readonly #places: Places;
  #waiting: Waiting[] = [];

  constructor(core: () => Core, places: Places) {
    this.#core = core;
    this.#places = places;
  }

  /** What addAndSendMsgToChat does: resolves when the message is in the chat, and when the world has answered. */
  send(chat: ChatModel, attributes: Attributes): [Promise<MsgModel>, Promise<SendResult>] {
    const added = (async () => {
      const core = this.#core();
      const message = new MsgModel(attributes);
      message.place(this.#places.next(message.t));
      enter(core, message, false);
      chat.set('t', message.t);
      return message;
    })();
    const sent = added.then((message) => this.#deliver(chat, message));
    // The library does not always look at the second promise.
    sent.catch(() => undefined);
    return [added, sent];
  }

  /** Sends what waits, oldest first: messages of this page, and of the page before it that used this profile. */
  async flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    await Promise.all(
      waiting.map(async ({ message, settle }) => settle(await this.#transmit(message, true))),
    );
  }

  /** Takes over messages an earlier page of this profile stored but never got answered. */
  adopt(records: MessageRecord[]): void {
    for (const record of records.sort((a, b) => a.order - b.order)) {
      const message = recall(this.#core(), record);
      if (message !== undefined) this.#waiting.push({ message, settle: () => undefined });
    }
  }

  async #deliver(chat: ChatModel, message: MsgModel): Promise<SendResult> {
    const core = this.#core();
    if (message.directPath !== undefined) message.set('isUnsentMedia', false);
    const { counter, put } = core.ratchet.step();
    await core.storage.write([put, messagePut(core, message, true), chatPut(core, chat)]);
    return this.#attempt(message, counter, false);
  }

  async #transmit(message: MsgModel, resend: boolean): Promise<SendResult> {
    const core = this.#core();
    const { counter, put } = core.ratchet.step();
    await core.storage.write([put]);
    return this.#attempt(message, counter, resend);
  }

  async #attempt(message: MsgModel, counter: number, resend: boolean): Promise<SendResult> {
    const core = this.#core();
    try {
      const { t } = await core.transport.ask('send', {
        message: toWire(core, message),
        counter,
        resend,
      });
      message.updateAck(1);
      await core.storage.write([messagePut(core, message, false)]);
      return { messageSendResult: 'OK', t };
    } catch (error) {
      if (error instanceof ConnectionLostError) {
        return new Promise((settle) => {
          this.#waiting.push({ message, settle });
        });
      }
      message.set('ack', -1);
      await core.storage.write([messagePut(core, message, false)]);
      const refused = error instanceof ServerStatusCodeError;
      return { messageSendResult: refused ? 'ERROR_NETWORK' : 'ERROR_UNKNOWN' };
    }
  }
}
