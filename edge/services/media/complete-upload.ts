import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { violatesConstraint } from '../../db/database-errors.ts';
import { Count } from '../../db/moment.ts';
import { LARGE_UPLOAD_RULE } from '../../media/store-media.ts';
import { IS_THERE } from './get-media.ts';
import { MEDIA_COLUMNS, MediaRow, type MediaView, viewMedia } from './media-view.ts';
import { receiveUpload } from './receive-upload.ts';
import { uploadMedia } from './upload-media.ts';

/** A large file is read once through. */
const READ_MS = 180_000;

const Upload = z.object({
  object_key: z.string(),
  mimetype: z.string().nullable(),
  filename: z.string().nullable(),
  size_bytes: Count,
});

/**
 * Turns an upload into a file. The content is checked while it is copied to another key: whoever has the upload's URL can
 * still overwrite what is at the old one. A repeated call returns the same file.
 * @throws AppError NOT_FOUND for an upload that is unknown or has expired; CONFLICT while nothing is uploaded; MEDIA_REJECTED as
 * `storeMedia` does, after which the upload may be made again; LIMIT_EXCEEDED
 */
export async function completeUpload({
  ctx,
  input: { id },
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<MediaView> {
  const known = await findCompleted(ctx, id);
  if (known !== null) return known;
  const upload = await findUpload(ctx, id);
  const body = await ctx.objects.read(upload.object_key);
  if (body === null)
    throw new AppError('CONFLICT', 'Nothing was uploaded yet: PUT the file to `uploadUrl` first.', {
      reason: 'not_uploaded',
    });
  const { size_bytes: sizeBytes, filename, mimetype } = upload;
  const file = { body, sizeBytes, declared: { filename, mimetype } };
  const received = await receiveUpload(ctx, LARGE_UPLOAD_RULE, file, AbortSignal.timeout(READ_MS));
  const view = await keep(ctx, { ...received, id });
  ctx.waitUntil(ctx.db.execute(sql`update media_uploads set expires_at = now() where id = ${id}`));
  return view;
}

async function keep(
  ctx: ServiceContext,
  input: Parameters<typeof uploadMedia>[0]['input'],
): Promise<MediaView> {
  try {
    return await uploadMedia({ ctx, input });
  } catch (error) {
    // Another request completed it at the same moment.
    const known = violatesConstraint(error, 'media_pkey')
      ? await findCompleted(ctx, input.id)
      : null;
    if (known === null) throw error;
    return known;
  }
}

async function findCompleted(ctx: ServiceContext, id: string): Promise<MediaView | null> {
  const { rows } = await ctx.db.execute(sql`
    select ${MEDIA_COLUMNS} from media f join workspaces w on w.id = f.workspace_id
    where f.id = ${id} and f.workspace_id = ${ctx.workspaceId} and f.session_id is null and ${IS_THERE}`);
  const [row] = z.array(MediaRow).parse(rows);
  return row === undefined ? null : viewMedia(ctx, row);
}

async function findUpload({ db, workspaceId }: ServiceContext, id: string) {
  const { rows } = await db.execute(sql`
    select u.object_key, u.mimetype, u.filename, u.size_bytes from media_uploads u
    where u.id = ${id} and u.workspace_id = ${workspaceId} and u.expires_at > now()`);
  const [row] = z.array(Upload).parse(rows);
  if (row !== undefined) return row;
  throw new AppError('NOT_FOUND', 'No such upload in this workspace; it may have expired.');
}
