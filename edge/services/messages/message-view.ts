import { getTableColumns } from 'drizzle-orm';
import { z } from 'zod';
import { type KnownPerson, personOf, ReportedPerson } from '../../../shared/catalogue/person.ts';
import type { ServiceContext } from '../../context.ts';
import { messages } from '../../db/schema/index.ts';
import { type Names, senderNames } from '../people/internal.ts';
import type { MediaStatus } from '../../../shared/message-status.ts';
import { isoOrNull } from '../../db/moment.ts';

/** What `viewMessage` takes. */
export const MESSAGE_COLUMNS = { ...getTableColumns(messages), sender: senderNames.as('sender') };
export type MessageRow = typeof messages.$inferSelect & { sender: Names };

/** A message as the API shows it. */
export type MessageView = ReturnType<typeof viewMessage>;

/** The row with what it says opened. */
export const openMessage = (
  { workspaceId, contentSeal }: Pick<ServiceContext, 'workspaceId' | 'contentSeal'>,
  { content, reactions, ...row }: MessageRow,
): MessageRow => ({
  ...row,
  content: contentSeal.open(workspaceId, content),
  reactions: reactions.map(({ emoji, ...reaction }) => ({
    ...reaction,
    emoji: contentSeal.open(workspaceId, emoji),
  })),
});

/** What the API shows of a row of `messages`. Keys and claims of the queue stay inside. */
export function viewMessage(row: MessageRow) {
  return {
    id: row.id,
    sessionId: row.sessionId,
    reference: row.reference,
    bulkId: row.bulkId,
    direction: row.direction,
    chatId: row.chatId,
    from: senderOf(row),
    type: row.type,
    status: row.status,
    content: contentOf(row),
    contentExpiredAt: isoOrNull(row.contentExpiredAt),
    error: row.error,
    wireId: row.wireId,
    queueSeq: row.queueSeq,
    quotedMessageId: row.quotedMessageId,
    mediaId: row.mediaId,
    writtenOn: row.writtenOn,
    reactions: row.reactions
      .filter(({ emoji }) => emoji !== '')
      .map(({ from, emoji, at }) => ({
        from: personOf(from),
        emoji,
        at: new Date(at).toISOString(),
      })),
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
    erasedAt: isoOrNull(row.erasedAt),
    pinnedUntil: isoOrNull(row.pinnedUntil),
  };
}

// jsonb written by the send statement and the report writer, an object in both; null once it has expired.
const recorded = ({ content }: MessageRow) => (content ?? {}) as Record<string, unknown>;

function senderOf(row: MessageRow): KnownPerson | null {
  const { fromId: id, fromLid: lid, sender } = row;
  if (id === null) return null;
  const { fromName } = recorded(row);
  const name = sender?.name ?? (typeof fromName === 'string' ? fromName : null);
  return personOf({ id, lid, username: sender?.username ?? null, name });
}

/**
 * The file of a received message with its status, which the row's columns say, and the people whom it mentions, of whom older
 * rows have the id alone.
 */
function contentOf(row: MessageRow): Record<string, unknown> {
  const { mentions, ...rest } = recorded(row);
  const isOurs = row.direction === 'outbound' && row.writtenOn === null;
  const people = isOurs ? undefined : z.array(ReportedPerson).safeParse(mentions).data;
  const content = mentions === undefined ? rest : { ...rest, mentions: people ?? mentions };
  const { media: file } = recorded(row);
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
