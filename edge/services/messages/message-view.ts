import type { messages } from '../../db/schema/index.ts';
import type { MediaStatus } from '../../../shared/message-status.ts';
import { isoOrNull } from '../../db/moment.ts';

/** A message as the API shows it. */
export type MessageView = ReturnType<typeof viewMessage>;

/** What the API shows of a row of `messages`. Keys and claims of the queue stay inside. */
export function viewMessage(row: typeof messages.$inferSelect) {
  return {
    id: row.id,
    sessionId: row.sessionId,
    reference: row.reference,
    bulkId: row.bulkId,
    direction: row.direction,
    chatId: row.chatId,
    from: row.fromId === null ? null : { id: row.fromId, lid: row.fromLid },
    type: row.type,
    status: row.status,
    content: contentOf(row),
    error: row.error,
    wireId: row.wireId,
    queueSeq: row.queueSeq,
    quotedMessageId: row.quotedMessageId,
    mediaId: row.mediaId,
    writtenOn: row.writtenOn,
    reactions: row.reactions
      .filter(({ emoji }) => emoji !== '')
      .map(({ from, emoji, at }) => ({ from, emoji, at: new Date(at).toISOString() })),
    starred: row.starred,
    attempts: row.attempts,
    createdAt: row.createdAt.toISOString(),
    sendAt: isoOrNull(row.sendAt),
    expiresAt: isoOrNull(row.expiresAt),
    sentAt: isoOrNull(row.sentAt),
    deliveredAt: isoOrNull(row.deliveredAt),
    readAt: isoOrNull(row.readAt),
    playedAt: isoOrNull(row.playedAt),
    failedAt: isoOrNull(row.failedAt),
    stalledAt: isoOrNull(row.stalledAt),
    editedAt: isoOrNull(row.editedAt),
    revokedAt: isoOrNull(row.revokedAt),
    deletedAt: isoOrNull(row.deletedAt),
    pinnedUntil: isoOrNull(row.pinnedUntil),
  };
}

/** The file of a received message with its status, which the row's columns say. */
function contentOf(row: typeof messages.$inferSelect): Record<string, unknown> {
  // jsonb written by the send statement and the report writer, an object in both.
  const content = row.content as Record<string, unknown>;
  const file = content['media'];
  if (typeof file !== 'object' || file === null) return content;
  const status = mediaStatusOf(row);
  // What an earlier try came to is over.
  const isExpired = status === 'failed' && 'mediaId' in file && file.mediaId !== null;
  return {
    ...content,
    media: {
      ...file,
      status,
      ...(status === 'pending' && { error: null }),
      ...(isExpired && {
        mediaId: null,
        error: 'The file is not kept any more; ask for it again.',
      }),
    },
  };
}

export const mediaStatusOf = ({
  mediaId,
  mediaPendingSince,
}: Pick<typeof messages.$inferSelect, 'mediaId' | 'mediaPendingSince'>): MediaStatus => {
  if (mediaId !== null) return 'ready';
  return mediaPendingSince === null ? 'failed' : 'pending';
};
