import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { LIMITS, shown } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import type { ReceivedFile } from '../../media/store-media.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { discardObject } from './discard-object.ts';
import { exceedsQuota, noMediaRoom } from './media-quota.ts';
import { MEDIA_COLUMNS, MediaRow, type MediaView, viewMedia } from './media-view.ts';

/** The file, or why there is none. */
const Outcome = z.union([
  MediaRow.extend({ is_full: z.literal(false) }),
  z.object({ id: z.null(), is_full: z.boolean() }),
]);

/**
 * Keeps an upload, until the workspace's clean-up: messages can name it by its id.
 * @throws AppError as `keepFile` does
 */
export function uploadMedia({
  ctx,
  input: file,
}: {
  ctx: ServiceContext;
  input: ReceivedFile;
}): Promise<MediaView> {
  const audit = auditInsert(ctx, { target: file.id, from: 'made' });
  return keepFile(ctx, file, sql`, audited as (${audit})`);
}

/**
 * Keeps a file that was received as an upload is kept.
 * @param then a CTE more, over the row `made`
 * @throws AppError LIMIT_EXCEEDED, and then the file is gone
 */
export async function keepFile(
  ctx: ServiceContext,
  file: ReceivedFile,
  then: SQL = sql.empty(),
): Promise<MediaView> {
  const { workspaceId } = ctx;
  const { objectKey, ...stored } = file;
  try {
    const { rows } = await ctx.db.execute(sql`
      with room as (
        select ${exceedsQuota(workspaceId, stored.sizeBytes)} as is_full, count(*) < ${LIMITS.storedMedia.limit}::int as is_free
        from media m where m.workspace_id = ${workspaceId} and m.session_id is null and (m.expires_at is null or m.expires_at > now())
      ),
      made as (
        insert into media (id, workspace_id, direction, object_key, mimetype, filename, size_bytes, sha256)
        select ${stored.id}, w.id, 'outbound', ${objectKey}, ${stored.mimetype}, ${stored.filename}::text, ${stored.sizeBytes}::bigint,
          ${stored.sha256}
        from workspaces w cross join room where w.id = ${workspaceId} and room.is_free and not room.is_full
        returning *
      )${then}
      select room.is_full, ${MEDIA_COLUMNS} from room left join made f on true left join workspaces w on w.id = f.workspace_id`);
    const [row] = z.array(Outcome).parse(rows);
    if (row?.is_full === true) throw noMediaRoom();
    if (row === undefined || row.id === null)
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
