import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext, Services } from '../../context.ts';
import { isGoodLink, shownLink } from '../../media/file-link.ts';
import type { ServedFile } from '../../media/serve-file.ts';
import { findFile, IS_THERE, mediaNotFound, shownMedia } from './get-media.ts';
import { expiryOf, MEDIA_COLUMNS, MediaRow } from './media-view.ts';

/**
 * Makes a link that anyone may read a file by, without a credential, until it expires; at the latest when the file goes.
 * @throws AppError NOT_FOUND as `getMedia` does
 */
export async function linkMedia({
  ctx,
  input: { id, expiresInSeconds },
}: {
  ctx: ServiceContext;
  input: { id: string; expiresInSeconds: number };
}): Promise<{ url: string; expiresAt: string }> {
  const { rows } = await ctx.db.execute(sql`
    select ${MEDIA_COLUMNS}
    from media f join workspaces w on w.id = f.workspace_id left join sessions s on s.id = f.session_id
    where f.id = ${id} and ${shownMedia(ctx)}`);
  const [row] = z.array(MediaRow).parse(rows);
  if (row === undefined) throw mediaNotFound();
  const asked = Math.floor(ctx.now() / 1000) + expiresInSeconds;
  const expiresAt = Math.min(asked, Math.floor(expiryOf(row).getTime() / 1000));
  return shownLink(ctx.env, id, expiresAt);
}

/**
 * Finds the file of a link.
 * @throws AppError NOT_FOUND, also for a link that has expired, and for a file of a workspace that is suspended
 */
export async function openLink({
  services,
  input,
}: {
  services: Pick<Services, 'db' | 'objects' | 'env' | 'now'>;
  input: { id: string; expires: string; signature: string };
}): Promise<ServedFile> {
  if (!isGoodLink(services.env, input, services.now())) throw mediaNotFound();
  return findFile(services, sql`f.id = ${input.id} and ${IS_THERE} and w.is_active`);
}
