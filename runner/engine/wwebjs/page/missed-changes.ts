import type { PageChat, PageMessage, WhatsAppPage } from './types.ts';

export type ChangesRequest = {
  /** Unix seconds: changes since then. */
  since: number;
  /** Unix seconds: messages since then are loaded, to see whether they changed. */
  loadSince: number;
  perChat: number;
  inAll: number;
};

export type MissedChanges = {
  /** Serialized keys of messages that were edited or deleted for everyone. */
  keys: string[];
  /** As the library's own objects: keys as text, `timestamp` in seconds, `interractedAtTs` in ms. */
  reactions: {
    id: string;
    msgId: string;
    senderId: string;
    reaction: string;
    timestamp: number;
  }[];
  votes: {
    msgId: string;
    senderId: string;
    selectedOptions: { name: string | undefined; localId: number }[];
    interractedAtTs: number;
  }[];
  /** What could not be looked through, and why. */
  failed: string[];
  /** Chats whose messages were not all loaded, and changes left out as too many: the oldest. */
  skipped: { chats: number; changes: number };
};

/**
 * Runs on the page. What happened to messages while nobody listened, since such changes fire no event either. Reactions and
 * votes are read from the page's own database: one row for each person and message, in tables without an index by time.
 */
export async function findChanges(request: ChangesRequest): Promise<MissedChanges> {
  const page = globalThis as unknown as WhatsAppPage;
  const { Msg, Chat } = page.require('WAWebCollections');
  const loadAllMs = 20_000;
  const startedAt = Date.now();
  const failed: string[] = [];
  const skipped = { chats: 0, changes: 0 };

  const load = async (chat: PageChat): Promise<void> => {
    let loaded = chat.msgs.getModelsArray();
    while (!loaded.some(({ t }) => t < request.loadSince)) {
      const isEnough = loaded.length >= request.perChat || Date.now() - startedAt >= loadAllMs;
      const earlier = isEnough ? undefined : await page.__waypost?.loadEarlier(chat);
      if (earlier === undefined) skipped.chats += 1;
      if (earlier === undefined || earlier.length === 0) return;
      loaded = [...earlier, ...loaded];
    }
  };

  /** The page counts in seconds when WhatsApp had it, the sender's phone in milliseconds when it was done. */
  const isRecent = (t: number | undefined, sentAtMs: number): boolean =>
    Math.max(t ?? 0, sentAtMs / 1_000) >= request.since;

  /** When a message was deleted for everyone or edited, in Unix seconds; null: it was not. */
  const changedAt = (message: PageMessage): number | null => {
    const { t, type, revokeTimestamp, latestEditSenderTimestampMs: editedAt } = message;
    if (type === 'revoked') return revokeTimestamp ?? t;
    return editedAt === undefined ? null : Math.max(editedAt / 1_000, t);
  };
  const isChanged = (message: PageMessage): boolean =>
    (changedAt(message) ?? -Infinity) >= request.since;

  /** Oldest first, less the oldest of too many. */
  const newest = <Item>(items: Item[], timeOf: (item: Item) => number): Item[] => {
    skipped.changes += Math.max(0, items.length - request.inAll);
    return items.sort((a, b) => timeOf(a) - timeOf(b)).slice(-request.inAll);
  };

  const rowsOf = async <Row>(what: string, read: () => Promise<Row[]>): Promise<Row[]> => {
    try {
      return await read();
    } catch (error) {
      failed.push(`${what}: ${String(error)}`);
      return [];
    }
  };

  const chats = Chat.getModelsArray()
    .filter((chat) => (chat.t ?? Infinity) >= request.loadSince)
    .sort((a, b) => (b.t ?? 0) - (a.t ?? 0));
  for (const chat of chats) await load(chat);

  const reactions = await rowsOf('reactions', () =>
    page.require('WAWebSchemaReactions').getReactionsTable().all(),
  );
  const votes = (
    await rowsOf('votes', () => page.require('WAWebPollsVotesSchema').getTable().all())
  ).filter(({ t, senderTimestampMs }) => isRecent(t, senderTimestampMs));
  const pollKeys = [...new Set(votes.map(({ parentMsgKey }) => parentMsgKey))];
  const polls = await rowsOf(
    'polls',
    async () => (await Msg.getMessagesById(pollKeys))?.messages ?? [],
  );
  const nameOf = (poll: string, option: number): string | undefined =>
    polls
      .find((message) => String(message?.id) === poll)
      ?.pollOptions?.find(({ localId }) => localId === option)?.name;

  return {
    keys: newest(Msg.getModelsArray().filter(isChanged), (message) => changedAt(message) ?? 0).map(
      ({ id }) => String(id),
    ),
    reactions: newest(
      reactions.filter(({ t, timestamp }) => isRecent(t, timestamp)),
      ({ timestamp }) => timestamp,
    ).map(({ msgKey, parentMsgKey, senderUserJid, reactionText, timestamp }) => ({
      id: msgKey,
      msgId: parentMsgKey,
      senderId: senderUserJid,
      reaction: reactionText,
      timestamp: timestamp / 1_000,
    })),
    votes: newest(votes, ({ senderTimestampMs }) => senderTimestampMs).map(
      ({ parentMsgKey, sender, selectedOptionLocalIds, senderTimestampMs }) => ({
        msgId: parentMsgKey,
        senderId: sender,
        selectedOptions: [...new Uint8Array(selectedOptionLocalIds)].map((localId) => ({
          name: nameOf(parentMsgKey, localId),
          localId,
        })),
        interractedAtTs: senderTimestampMs,
      }),
    ),
    failed,
    skipped,
  };
}
