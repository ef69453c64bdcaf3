import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { LIMITS, shown } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import type { ReceivedFile } from '../../media/store-media.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { discardObject } from './discard-object.ts';
import { expiryOf, KeptFile, type MediaView, viewMedia } from './media-view.ts';

/**
 * Keeps a file that was received, until the workspace's clean-up: messages can name it by its id.
 * @throws AppError LIMIT_EXCEEDED, and then the file is gone
 */
export async function uploadMedia({
  ctx,
  input: file,
}: {
  ctx: ServiceContext;
  input: ReceivedFile;
}): Promise<MediaView> {
  const { workspaceId } = ctx;
  const { objectKey, ...stored } = file;
  try {
    const { rows } = await ctx.db.execute(sql`
      with room as (
        select 1 from media m where m.workspace_id = ${workspaceId} and m.session_id is null and (m.expires_at is null or m.expires_at > now())
        having count(*) < ${LIMITS.storedMedia.limit}::int
      ),
      made as (
        insert into media (id, workspace_id, object_key, mimetype, filename, size_bytes, sha256)
        select ${stored.id}, w.id, ${objectKey}, ${stored.mimetype}, ${stored.filename}::text, ${stored.sizeBytes}::bigint,
          ${stored.sha256}
        from workspaces w cross join room where w.id = ${workspaceId}
        returning workspace_id, created_at, expires_at
      ),
      audited as (${auditInsert(ctx, { target: stored.id, from: 'made' })})
      select made.created_at, made.expires_at, w.time_zone, w.cleanup_time, w.media_retention_hours as hours
      from made join workspaces w on w.id = made.workspace_id`);
    const [row] = z.array(KeptFile).parse(rows);
    if (row === undefined)
      throw new AppError(
        'LIMIT_EXCEEDED',
        `The workspace already has ${shown(LIMITS.storedMedia.limit)} uploaded files; delete some, or wait until they expire.`,
      );
    return viewMedia(ctx, { ...stored, expiresAt: expiryOf(row) });
  } catch (error) {
    ctx.waitUntil(discardObject(ctx, objectKey));
    throw error;
  }
}
