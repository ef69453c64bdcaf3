import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { Moment } from '../../db/moment.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { exceedsQuota, noMediaRoom } from './media-quota.ts';

const UPLOAD_SECONDS = 3_600;

const Outcome = z.object({
  is_full: z.boolean(),
  is_free: z.boolean(),
  expires_at: Moment.nullable(),
});

/**
 * Begins an upload that the caller makes to the storage by itself: one PUT of exactly so many bytes, within an hour.
 * @throws AppError LIMIT_EXCEEDED
 */
export async function createUpload({
  ctx,
  input: { sizeBytes, filename, mimetype },
}: {
  ctx: ServiceContext;
  input: { sizeBytes: number; filename: string | null; mimetype: string | null };
}): Promise<{ id: string; uploadUrl: string; expiresAt: string }> {
  const { workspaceId } = ctx;
  const id = newId('media', ctx.now());
  const objectKey = `${workspaceId}/uploads/${id}`;
  const { rows } = await ctx.db.execute(sql`
    with room as (
      select ${exceedsQuota(workspaceId, sizeBytes)} as is_full, count(*) < ${LIMITS.openUploads.limit}::int as is_free
      from media_uploads u where u.workspace_id = ${workspaceId} and u.expires_at > now()
    ),
    made as (
      insert into media_uploads (id, workspace_id, object_key, mimetype, filename, size_bytes, expires_at)
      select ${id}, ${workspaceId}, ${objectKey}, ${mimetype}::text, ${filename}::text, ${sizeBytes}::bigint,
        now() + make_interval(secs => ${UPLOAD_SECONDS}::int)
      from room where room.is_free and not room.is_full
      returning id, expires_at
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'made' })})
    select room.is_full, room.is_free, made.expires_at from room left join made on true`);
  const [row] = z.array(Outcome).parse(rows);
  if (row?.is_full === true) throw noMediaRoom();
  if (row?.expires_at == null)
    throw new AppError(
      'LIMIT_EXCEEDED',
      `The workspace has ${LIMITS.openUploads.limit} uploads that are not completed; complete them, or wait until they expire.`,
    );
  return {
    id,
    uploadUrl: await ctx.objects.presignUpload(objectKey, sizeBytes, UPLOAD_SECONDS),
    expiresAt: row.expires_at.toISOString(),
  };
}
