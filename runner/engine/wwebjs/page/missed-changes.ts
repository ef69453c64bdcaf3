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
};

/**
 * Runs on the page. What happened to messages while nobody listened, since such changes fire no event either. Reactions and
 * votes are read from the page's own database, which has one row for each person and message.
 */
export async function findChanges(request: ChangesRequest): Promise<MissedChanges> {
  const page = globalThis as unknown as WhatsAppPage;
  const { Msg, Chat } = page.require('WAWebCollections');
  const loadMs = 5_000;
  const loadAllMs = 20_000;
  const startedAt = Date.now();
  const failed: string[] = [];

  const loadEarlier = (chat: PageChat): Promise<PageMessage[] | undefined> =>
    Promise.race([
      page.require('WAWebChatLoadMessages').loadEarlierMsgs({ chat }),
      new Promise<undefined>((resolve) => {
        setTimeout(() => resolve(undefined), loadMs);
      }),
    ]).catch(() => undefined);

  const load = async (chat: PageChat): Promise<void> => {
    let loaded = chat.msgs.getModelsArray();
    while (
      loaded.length < request.perChat &&
      !loaded.some(({ t }) => t < request.loadSince) &&
      Date.now() - startedAt < loadAllMs
    ) {
      const earlier = await loadEarlier(chat);
      if (earlier === undefined || earlier.length === 0) return;
      loaded = [...earlier, ...loaded];
    }
  };

  const isChanged = (message: PageMessage): boolean => {
    const { t, type, revokeTimestamp, latestEditSenderTimestampMs: editedAt } = message;
    if (type === 'revoked') return (revokeTimestamp ?? t) >= request.since;
    return editedAt !== undefined && Math.max(editedAt / 1_000, t) >= request.since;
  };

  /** The page counts in seconds when WhatsApp had it, the sender's phone in milliseconds when it was done. */
  const isRecent = (t: number | undefined, sentAtMs: number): boolean =>
    Math.max(t ?? 0, sentAtMs / 1_000) >= request.since;

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
    keys: Msg.getModelsArray()
      .filter(isChanged)
      .slice(-request.inAll)
      .map(({ id }) => String(id)),
    reactions: reactions
      .filter(({ t, timestamp }) => isRecent(t, timestamp))
      .sort((a, b) => a.timestamp - b.timestamp)
      .slice(-request.inAll)
      .map(({ msgKey, parentMsgKey, senderUserJid, reactionText, timestamp }) => ({
        id: msgKey,
        msgId: parentMsgKey,
        senderId: senderUserJid,
        reaction: reactionText,
        timestamp: timestamp / 1_000,
      })),
    votes: votes
      .sort((a, b) => a.senderTimestampMs - b.senderTimestampMs)
      .slice(-request.inAll)
      .map(({ parentMsgKey, sender, selectedOptionLocalIds, senderTimestampMs }) => ({
        msgId: parentMsgKey,
        senderId: sender,
        selectedOptions: [...new Uint8Array(selectedOptionLocalIds)].map((localId) => ({
          name: nameOf(parentMsgKey, localId),
          localId,
        })),
        interractedAtTs: senderTimestampMs,
      })),
    failed,
  };
}
