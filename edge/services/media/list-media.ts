import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { type Cursor, cutPage } from '../../db/cursor.ts';
import { filteredSession } from '../sessions/internal.ts';
import { shownMedia } from './get-media.ts';
import { MEDIA_COLUMNS, MediaRow, type MediaView, viewMedia } from './media-view.ts';

/** Sorts of files: `document` is whatever is none of the others. */
export const MEDIA_TYPES = ['image', 'video', 'audio', 'document'] as const;

export type ListMediaInput = {
  /** Id or name. */
  session: string | null;
  direction: 'inbound' | 'outbound' | null;
  type: (typeof MEDIA_TYPES)[number] | null;
  cursor: Cursor | null;
  limit: number;
};

/**
 * Files that the caller may see, newest first.
 * @throws AppError SESSION_NOT_FOUND; FORBIDDEN for a session that the key does not reach
 */
export async function listMedia({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: ListMediaInput;
}): Promise<{ media: MediaView[]; nextCursor: string | null }> {
  const { session, direction, type, cursor, limit } = input;
  const sessionId = await filteredSession(ctx, session);
  const filters = [
    shownMedia(ctx),
    ...(sessionId === null ? [] : [sql`f.session_id = ${sessionId}`]),
    ...(direction === null ? [] : [sql`f.direction = ${direction}`]),
    ...(type === null
      ? []
      : [
          sql`case when split_part(f.mimetype, '/', 1) in ('image', 'video', 'audio')
            then split_part(f.mimetype, '/', 1) else 'document' end = ${type}`,
        ]),
    ...(cursor === null
      ? []
      : [sql`(f.created_at, f.id) < (${cursor.at.toISOString()}::timestamptz, ${cursor.id})`]),
  ];
  const { rows } = await ctx.db.execute(sql`
    select ${MEDIA_COLUMNS}
    from media f join workspaces w on w.id = f.workspace_id left join sessions s on s.id = f.session_id
    where ${sql.join(filters, sql` and `)}
    order by f.created_at desc, f.id desc limit ${limit + 1}::int`);
  const { page, nextCursor } = cutPage(z.array(MediaRow).parse(rows), limit, (row) => ({
    at: row.created_at,
    id: row.id,
  }));
  return { media: page.map((row) => viewMedia(ctx, row)), nextCursor };
}
