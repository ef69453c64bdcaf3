import { and, desc, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { MessageStatus } from '../../../shared/message-status.ts';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, downTo } from '../../db/cursor.ts';
import { messages, sessions } from '../../db/schema/index.ts';
import { otherForm } from '../reports/writes/person-ids.ts';
import { filteredSession } from '../sessions/internal.ts';
import { reachOf, withinReach } from '../users/reach.ts';
import { type Addressee, readChat } from '../workspace/local-numbers.ts';
import { MESSAGE_COLUMNS, type MessageRow, openMessage } from './message-view.ts';

/** What narrows the messages; null = whatever. */
export type MessageFilter = {
  /** Id or name. */
  session: string | null;
  direction: 'inbound' | 'outbound' | null;
  status: MessageStatus | null;
  type: string | null;
  chat: Addressee | null;
  reference: string | null;
  bulkId: string | null;
  /** The first moment that counts. */
  since: Date | null;
  /** The first moment that counts no more. */
  until: Date | null;
};

/**
 * The filter as a condition over `messages` and `sessions`, within the caller's reach.
 * @throws AppError SESSION_NOT_FOUND; FORBIDDEN for a session that the key does not reach; VALIDATION_ERROR for a number that
 *   cannot be read
 */
export async function messagesWhere(
  ctx: ServiceContext,
  { session, direction, status, type, chat, reference, bulkId, since, until }: MessageFilter,
): Promise<SQL | undefined> {
  const sessionId = await filteredSession(ctx, session);
  const chatIds =
    chat === null ? null : await namesOfChat(ctx, await readChat(ctx, 'chatId', chat));
  return and(
    eq(messages.workspaceId, ctx.workspaceId),
    withinReach(reachOf(ctx), sessions),
    sessionId === null ? undefined : eq(messages.sessionId, sessionId),
    direction === null ? undefined : eq(messages.direction, direction),
    status === null ? undefined : eq(messages.status, status),
    type === null ? undefined : ofType(type),
    chatIds === null ? undefined : inArray(messages.chatId, chatIds),
    reference === null ? undefined : eq(messages.reference, reference),
    bulkId === null ? undefined : eq(messages.bulkId, bulkId),
    since === null ? undefined : gte(messages.createdAt, since),
    until === null ? undefined : lt(messages.createdAt, until),
  );
}

/** A prepared statement does not know its parameters: only what is written out lets it use the index of types. */
const ofType = (type: string): SQL | undefined =>
  and(eq(messages.type, type), type === 'text' ? undefined : sql`${messages.type} <> 'text'`);

/** A chat keeps the id that it was called by first, which may be another id of the same person. */
async function namesOfChat({ db, workspaceId }: ServiceContext, chatId: string): Promise<string[]> {
  const known = (column: SQL): SQL => sql`
    select known.chat_id as name from sessions s join person_ids known on known.session_id = s.id and ${column} = ${chatId}
    where s.workspace_id = ${workspaceId}`;
  const { rows } = await db.execute(sql`
    select unnest(array[${chatId}::text, ${otherForm(sql`${chatId}::text`)}]) as name
    union ${known(sql`known.lid`)} union ${known(sql`known.phone_id`)}`);
  return z
    .array(z.object({ name: z.string().nullable() }))
    .parse(rows)
    .flatMap(({ name }) => name ?? []);
}

const PLACE = { at: messages.createdAt, id: messages.id };

/** Where messages that fit stand: of at most two, so many after the cursor. */
export const selectPlaces = (
  { db }: Pick<ServiceContext, 'db'>,
  where: SQL | undefined,
  { cursor, offset }: { cursor: Cursor | null; offset: number },
) =>
  db
    .select({ createdAt: messages.createdAt, id: messages.id })
    .from(messages)
    .innerJoin(sessions, eq(sessions.id, messages.sessionId))
    .where(and(where, beforeCursor(cursor, PLACE)))
    .orderBy(desc(messages.createdAt), desc(messages.id))
    .offset(offset)
    .limit(2);

type Page = { cursor: Cursor | null; limit: number; downTo?: Cursor | null };

/** Messages that fit, newest first, from the cursor on. */
export async function selectMessages(
  ctx: Pick<ServiceContext, 'db' | 'workspaceId' | 'contentSeal'>,
  where: SQL | undefined,
  page: Page,
): Promise<MessageRow[]> {
  const rows = await pageOfMessages(ctx, where, page);
  return rows.map((row) => openMessage(ctx, row));
}

/** The statement of `selectMessages`. Its content is sealed. */
export const pageOfMessages = (
  { db }: Pick<ServiceContext, 'db'>,
  where: SQL | undefined,
  { cursor, limit, downTo: end = null }: Page,
) =>
  db
    .select(MESSAGE_COLUMNS)
    .from(messages)
    .innerJoin(sessions, eq(sessions.id, messages.sessionId))
    .where(and(where, beforeCursor(cursor, PLACE), downTo(end, PLACE)))
    .orderBy(desc(messages.createdAt), desc(messages.id))
    .limit(limit);
