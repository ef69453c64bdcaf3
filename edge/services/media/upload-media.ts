import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { LIMITS, shown } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import type { ReceivedFile } from '../../media/store-media.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { discardObject } from './discard-object.ts';
import { MEDIA_COLUMNS, MediaRow, type MediaView, viewMedia } from './media-view.ts';

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
        insert into media (id, workspace_id, direction, object_key, mimetype, filename, size_bytes, sha256)
        select ${stored.id}, w.id, 'outbound', ${objectKey}, ${stored.mimetype}, ${stored.filename}::text, ${stored.sizeBytes}::bigint,
          ${stored.sha256}
        from workspaces w cross join room where w.id = ${workspaceId}
        returning *
      ),
      audited as (${auditInsert(ctx, { target: stored.id, from: 'made' })})
      select ${MEDIA_COLUMNS} from made f join workspaces w on w.id = f.workspace_id`);
    const [row] = z.array(MediaRow).parse(rows);
    if (row === undefined)
      throw new AppError(
        'LIMIT_EXCEEDED',
        `The workspace already has ${shown(LIMITS.storedMedia.limit)} uploaded files; delete some, or wait until they expire.`,
      );
    return viewMedia(ctx, row);
  } catch (error) {
    ctx.waitUntil(discardObject(ctx, objectKey));
    throw error;
  }
}
