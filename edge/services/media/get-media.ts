import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { reachOf, SESSION_COLUMNS, withinReach } from '../users/reach.ts';

const Row = z.object({
  object_key: z.string(),
  mimetype: z.string(),
  filename: z.string().nullable(),
  size_bytes: Count,
});

export type OpenedMedia = {
  body: ReadableStream<Uint8Array>;
  mimetype: string;
  filename: string | null;
  sizeBytes: number;
};

export const mediaNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such file in this workspace; it may have expired.');

/** Files that the caller may see, as a condition over `media f left join sessions s`: their own uploads, and those of sessions in reach. */
export function shownMedia(ctx: ServiceContext): SQL {
  const within = withinReach(reachOf(ctx), SESSION_COLUMNS) ?? sql`true`;
  return sql`f.workspace_id = ${ctx.workspaceId} and (f.expires_at is null or f.expires_at > now())
    and (f.session_id is null or ${within})`;
}

/**
 * Opens a stored file.
 * @throws AppError NOT_FOUND, also for one that has expired, and for one of a session beyond the caller's reach
 */
export async function getMedia({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<OpenedMedia> {
  const { rows } = await ctx.db.execute(sql`
    select f.object_key, f.mimetype, f.filename, f.size_bytes
    from media f left join sessions s on s.id = f.session_id
    where f.id = ${input.id} and ${shownMedia(ctx)}`);
  const [row] = z.array(Row).parse(rows);
  const body = row === undefined ? null : await ctx.objects.read(row.object_key);
  if (row === undefined || body === null) throw mediaNotFound();
  const { mimetype, filename, size_bytes: sizeBytes } = row;
  return { body, mimetype, filename, sizeBytes };
}
