import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext, Services } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import type { ServedFile } from '../../media/serve-file.ts';
import { reachOf, SESSION_COLUMNS, withinReach } from '../users/reach.ts';

const Row = z.object({
  object_key: z.string(),
  mimetype: z.string(),
  filename: z.string().nullable(),
  size_bytes: Count,
  sha256: z.string(),
});

/** Whether a file `f` has not expired. */
export const IS_THERE = sql`(f.expires_at is null or f.expires_at > now())`;

export const mediaNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such file in this workspace; it may have expired.');

/** Files that the caller may see, as a condition over `media f left join sessions s`: their own uploads, and those of sessions in reach. */
export function shownMedia(ctx: ServiceContext): SQL {
  const within = withinReach(reachOf(ctx), SESSION_COLUMNS) ?? sql`true`;
  return sql`f.workspace_id = ${ctx.workspaceId} and ${IS_THERE}
    and (f.session_id is null or ${within})`;
}

/**
 * Finds a stored file, to be opened.
 * @throws AppError NOT_FOUND, also for one that has expired, and for one of a session beyond the caller's reach; so does `open`
 * where the storage has no such object
 */
export async function getMedia({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<ServedFile> {
  return findFile(ctx, sql`f.id = ${input.id} and ${shownMedia(ctx)}`);
}

/** The file `f`, of the session `s` if it has one and the workspace `w`, that fits a condition. @throws AppError NOT_FOUND */
export async function findFile(
  { db, objects }: Pick<Services, 'db' | 'objects'>,
  condition: SQL,
): Promise<ServedFile> {
  const { rows } = await db.execute(sql`
    select f.object_key, f.mimetype, f.filename, f.size_bytes, f.sha256
    from media f join workspaces w on w.id = f.workspace_id left join sessions s on s.id = f.session_id
    where ${condition}`);
  const [row] = z.array(Row).parse(rows);
  if (row === undefined) throw mediaNotFound();
  const { mimetype, filename, size_bytes: sizeBytes, sha256, object_key: key } = row;
  const open: ServedFile['open'] = async (range) => {
    const body = await objects.read(key, range);
    if (body === null) throw mediaNotFound();
    return body;
  };
  return { mimetype, filename, sizeBytes, sha256, open };
}
