import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { LIMITS, shown } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { Moment } from '../../db/moment.ts';
import { type IncomingFile, storeMedia, UPLOAD_RULE } from '../../media/store-media.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { discardObject } from './discard-object.ts';
import { type MediaView, viewMedia } from './media-view.ts';

const Row = z.object({ expires_at: Moment });

/**
 * Stores a file that messages can name by its id, for as many hours as the workspace keeps media.
 * @throws AppError MEDIA_REJECTED as `storeMedia` does; LIMIT_EXCEEDED
 */
export async function uploadMedia({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: IncomingFile;
}): Promise<MediaView> {
  const { workspaceId, mediaGates } = ctx;
  const id = newId('media', ctx.now());
  const objectKey = `${workspaceId}/media/${id}`;
  const place = { rule: UPLOAD_RULE, workspaceId, objectKey };
  try {
    const stored = await mediaGates.passing.run(workspaceId, () => storeMedia(ctx, place, input));
    const { rows } = await ctx.db.execute(sql`
      with room as (
        select 1 from media m where m.workspace_id = ${workspaceId} and m.session_id is null and m.expires_at > now()
        having count(*) < ${LIMITS.storedMedia.limit}::int
      ),
      made as (
        insert into media (id, workspace_id, object_key, mimetype, filename, size_bytes, sha256, expires_at)
        select ${id}, w.id, ${objectKey}, ${stored.mimetype}, ${stored.filename}::text, ${stored.sizeBytes}::bigint,
          ${stored.sha256}, now() + make_interval(hours => w.media_retention_hours)
        from workspaces w cross join room where w.id = ${workspaceId}
        returning expires_at
      ),
      audited as (${auditInsert(ctx, { target: id, from: 'made' })})
      select expires_at from made`);
    const [row] = z.array(Row).parse(rows);
    if (row === undefined)
      throw new AppError(
        'LIMIT_EXCEEDED',
        `The workspace already has ${shown(LIMITS.storedMedia.limit)} uploaded files; delete some, or wait until they expire.`,
      );
    return viewMedia(ctx, { id, ...stored, expiresAt: row.expires_at });
  } catch (error) {
    ctx.waitUntil(discardObject(ctx, objectKey));
    throw error;
  }
}
