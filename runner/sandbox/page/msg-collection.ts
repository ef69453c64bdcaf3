import { Collection } from './collection.ts';
import { MsgModel } from './models/message.ts';
import { idText } from './serialize.ts';
import type { Wid } from './wid.ts';

/** How messages that are not held are found: on disk, or in the world. */
type MessageFinders = {
  message: (key: string) => Promise<MsgModel | undefined>;
  messageByWireId: (wireId: string) => Promise<MsgModel | undefined>;
  address: (id: unknown) => Wid;
};

/** Messages, also by the wire id alone, as receipts and reactions name them. */
export class MsgCollection extends Collection<MsgModel> {
  readonly #finders: MessageFinders;
  readonly #byWireId = new Map<string, MsgModel>();

  constructor(finders: MessageFinders) {
    super(MsgModel);
    this.#finders = finders;
  }

  async findByWireId(wireId: string): Promise<MsgModel | undefined> {
    return this.#byWireId.get(wireId) ?? (await this.#finders.messageByWireId(wireId));
  }

  async getMessagesById(ids: unknown[]): Promise<{ messages: MsgModel[] }> {
    const found: MsgModel[] = [];
    for (const id of ids) {
      const text = idText(id);
      if (text === undefined) continue;
      const message = this.get(text) ?? (await this.#finders.message(text));
      if (message !== undefined) found.push(message);
    }
    return { messages: found };
  }

  search(
    query: string,
    page = 1,
    count = 50,
    remote?: unknown,
  ): Promise<{ messages: MsgModel[]; eof: boolean }> {
    const chat =
      remote === undefined || remote === null ? undefined : this.#finders.address(remote);
    const wanted = query.toLowerCase();
    const hits = this.filter(
      (message) =>
        `${message.body ?? ''} ${message.caption ?? ''}`.toLowerCase().includes(wanted) &&
        (chat === undefined || message.id.remote.equals(chat)),
    );
    const start = (page - 1) * count;
    const messages = hits.slice(start, start + count);
    return Promise.resolve({ messages, eof: start + count >= hits.length });
  }

  protected override added(message: MsgModel): void {
    this.#byWireId.set(message.id.id, message);
  }
  protected override removed(message: MsgModel): void {
    this.#byWireId.delete(message.id.id);
  }
}
