import { withDeadline } from '../../deadline.ts';
import type { LibraryClient, LibraryMessage, LibraryPage, LibraryReaction } from './library.ts';
import { resolvePeople } from './page/people.ts';
import { newestOwnMessages } from './page/phone.ts';
import { fields, idText, messageKey, number } from './payload.ts';

const LOOK_MS = 10_000;
/** A chat that we send to may count as read because of that. */
const OWN_ACT_MS = 10_000;
const CHATS_KEPT = 10_000;

/** Ids as browsers (3EB0…, ours too) and desktop apps make them; phones make others, as Baileys' `getDevice` knows. */
const FROM_COMPANION = /^3E.{16,22}$|^3F.{0,28}$|^.{18}$/;

export const isFromPhone = (wireId: string): boolean => !FROM_COMPANION.test(wireId);

/** When the account's phone made this message, in Unix ms; null for what others or a browser made. */
export function phoneMessageAt(payload: unknown): number | null {
  const data = fields(payload);
  const key = messageKey(data['id']);
  const seconds = number(data['t']);
  if (key === null || !key.fromMe || seconds === null || !isFromPhone(key.wireId)) return null;
  return Math.round(seconds * 1000);
}

export type PhoneWatchDeps = {
  page: () => LibraryPage;
  now: () => number;
  /** @param at Unix ms, never in the future */
  seen: (at: number) => void;
};

/**
 * Notices what the account did elsewhere than here. WhatsApp Web does not show when the phone was last online, so these
 * are signs: messages, statuses and reactions of the phone's own, and chats that were read without us.
 */
export class PhoneWatch {
  readonly #deps: PhoneWatchDeps;
  readonly #unread = new Map<string, number>();
  /** When we last sent to a chat or marked it, by performance.now(). */
  readonly #actedOn = new Map<string, number>();

  constructor(deps: PhoneWatchDeps) {
    this.#deps = deps;
  }

  listen(client: LibraryClient): void {
    client.on('message_create', (message: unknown) =>
      this.#onMessage((message as LibraryMessage).rawData),
    );
    client.on('message_reaction', (reaction: unknown) => {
      const key = messageKey((reaction as LibraryReaction).id);
      if (key !== null && key.fromMe && isFromPhone(key.wireId)) this.#seen(this.#deps.now());
    });
    client.on('unread_count', (chat: unknown) => {
      const { id, unreadCount } = fields(chat);
      const chatId = idText(id);
      const count = number(unreadCount);
      if (chatId !== null && count !== null) this.#onUnread(chatId, count);
    });
  }

  /** We are about to mark this chat as read or unread. */
  async actsOn(chatId: string): Promise<void> {
    const call = this.#deps.page().evaluate(resolvePeople, [chatId]);
    const { [chatId]: known } = await withDeadline(call, LOOK_MS, 'looking a chat up');
    for (const id of [chatId, known?.phoneId, known?.lid])
      if (id != null) remember(this.#actedOn, id, performance.now());
  }

  /** What the page holds already: there are no events for what came while nobody listened. */
  async look(): Promise<void> {
    const call = this.#deps.page().evaluate(newestOwnMessages);
    const own = await withDeadline(call, LOOK_MS, 'looking for the phone');
    const times = own.map(phoneMessageAt).filter((at) => at !== null);
    if (times.length > 0) this.#seen(Math.max(...times));
  }

  #onMessage(payload: unknown): void {
    const at = phoneMessageAt(payload);
    if (at !== null) return this.#seen(at);
    const key = messageKey(fields(payload)['id']);
    if (key?.fromMe === true) remember(this.#actedOn, key.remote, performance.now());
  }

  /** Only reading takes from the count, and only a hand on the phone marks a chat as unread, which is −1. */
  #onUnread(chatId: string, count: number): void {
    const before = this.#unread.get(chatId) ?? 0;
    remember(this.#unread, chatId, count);
    const actedAt = this.#actedOn.get(chatId) ?? -Infinity;
    if (performance.now() - actedAt < OWN_ACT_MS) return;
    if (count <= 0 || count < before) this.#seen(this.#deps.now());
  }

  #seen(at: number): void {
    this.#deps.seen(Math.min(at, this.#deps.now()));
  }
}

function remember(map: Map<string, number>, chatId: string, value: number): void {
  map.delete(chatId);
  map.set(chatId, value);
  const [oldest] = map.keys();
  if (map.size > CHATS_KEPT && oldest !== undefined) map.delete(oldest);
}
