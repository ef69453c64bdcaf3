import type { PageChat, PageMessage, WhatsAppPage } from './types.ts';

export type MissedRequest = {
  /** Unix seconds: messages since then, whoever wrote them. */
  since: number;
  /** Unix seconds: acks of our own messages since then. */
  acksSince: number;
  perChat: number;
  inAll: number;
  statuses: boolean;
  channels: boolean;
};

export type Missed = {
  /**
   * Serialized keys of messages and notices of groups, oldest first; our own too, since they may have been written on the
   * phone.
   */
  keys: string[];
  /** Our own messages as they stand now: serialized key and ack level. */
  acks: { key: string; ack: number }[];
  /** There was more than the limits let through. */
  more: boolean;
  /** Chats of which the page did not get the older messages in time. */
  unreadChats: number;
};

/**
 * Runs on the page. What may have come while nobody listened, since such messages fire no event. The page holds only the
 * newest of each chat in memory; older ones are loaded from its own database, as the library's `fetchMessages` does.
 */
export async function findMissed(request: MissedRequest): Promise<Missed> {
  const page = globalThis as unknown as WhatsAppPage;
  const { Msg, Chat } = page.require('WAWebCollections');

  const isWanted = ({ id }: PageMessage): boolean =>
    (request.statuses || id.remote._serialized !== 'status@broadcast') &&
    (request.channels || id.remote.server !== 'newsletter');
  const isMissed = (message: PageMessage): boolean =>
    (message.type === 'gp2' ||
      ((!message.id.fromMe || message.ack > 0) && message.isNotification !== true)) &&
    message.t >= request.since &&
    isWanted(message);

  let unreadChats = 0;
  /** Back to `since`, or to the limit; in the chat's own order, which is finer than the seconds of `t`. */
  const missedIn = async (chat: PageChat): Promise<PageMessage[]> => {
    let loaded = chat.msgs.getModelsArray();
    for (;;) {
      const missed = loaded.filter(isMissed);
      const reached = loaded.some((message) => message.t < request.since);
      if (reached || missed.length >= request.perChat) return missed;
      const earlier = await page.__waypost?.loadEarlier(chat);
      if (earlier === undefined) unreadChats += 1;
      if (earlier === undefined || earlier.length === 0) return missed;
      loaded = [...earlier, ...loaded];
    }
  };

  const chats = Chat.getModelsArray()
    .filter((chat) => (chat.t ?? Infinity) >= request.since)
    .sort((a, b) => (b.t ?? 0) - (a.t ?? 0));
  const missed = new Map<string, PageMessage>();
  let more = false;
  const take = (messages: PageMessage[]): void => {
    const newest = messages.slice(-request.perChat);
    more ||= newest.length < messages.length;
    for (const message of newest) missed.set(String(message.id), message);
  };
  for (const chat of chats) {
    if (missed.size >= request.inAll) break;
    take(await missedIn(chat));
  }
  // Statuses and channels are no chats.
  const all = Msg.getModelsArray();
  const others = new Map<string, PageMessage[]>();
  for (const message of all.filter(isMissed)) {
    const { _serialized, server } = message.id.remote;
    if (server !== 'newsletter' && server !== 'broadcast') continue;
    others.set(_serialized, [...(others.get(_serialized) ?? []), message]);
  }
  for (const messages of others.values()) take(messages);

  // A stable sort: those of one second stay as they stood.
  const byTime = (a: PageMessage, b: PageMessage): number => a.t - b.t;
  const inOrder = [...missed.values()].sort(byTime);
  const own = all.filter(({ id, t, ack }) => id.fromMe && t >= request.acksSince && ack !== 0);
  return {
    keys: inOrder.slice(-request.inAll).map(({ id }) => String(id)),
    acks: own
      .filter(isWanted)
      .sort(byTime)
      .slice(-request.inAll)
      .map(({ id, ack }) => ({ key: String(id), ack })),
    more: more || inOrder.length > request.inAll || own.length > request.inAll,
    unreadChats,
  };
}

/** Runs on the page. Messages as the library sends them over, so that they map like live ones; gone ones are left out. */
export async function readMessages(keys: string[]): Promise<unknown[]> {
  const page = globalThis as unknown as WhatsAppPage;
  const { Msg } = page.require('WAWebCollections');
  const wanted = new Set(keys);
  const found = new Map<string, PageMessage>();
  for (const message of Msg.getModelsArray()) {
    const key = String(message.id);
    if (wanted.has(key)) found.set(key, message);
  }
  const onDisk = keys.filter((key) => !found.has(key));
  if (onDisk.length > 0)
    for (const message of (await Msg.getMessagesById(onDisk))?.messages ?? [])
      found.set(String(message.id), message);
  return keys
    .map((key) => found.get(key))
    .filter((message) => message !== undefined)
    .map((message) => JSON.parse(JSON.stringify(page.WWebJS?.getMessageModel(message))) as unknown);
}

/** Runs on the page. Has the phone send these again that are still ciphertext, as the library does with those that come live. */
export async function requestResend(keys: string[]): Promise<void> {
  const page = globalThis as unknown as WhatsAppPage;
  const { Msg } = page.require('WAWebCollections');
  const wanted = new Set(keys);
  const messages = Msg.getModelsArray().filter(
    ({ id, type }) => type === 'ciphertext' && wanted.has(String(id)),
  );
  if (messages.length === 0) return;
  await page
    .require('WAWebNonMessageDataRequestPlaceholderMessageResendUtils')
    .handlePlaceholderMsgsSeen(messages, true);
}
