import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext, Services } from '../../context.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { discardObject } from './discard-object.ts';
import { mediaNotFound } from './get-media.ts';

const IS_WAITED_FOR = sql`exists (
  select 1 from messages m where m.media_id = f.id and m.status in ('queued', 'sending'))`;
const Row = z.object({ object_key: z.string() });
/** Null: it is there, and was not deleted. */
const Found = z.object({ object_key: z.string().nullable() });

/**
 * Deletes an uploaded file.
 * @throws AppError NOT_FOUND, also for a file that came in; CONFLICT while a message that is still to be sent needs it
 */
export async function deleteMedia({
  ctx,
  input: { id },
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ id: string; deleted: true }> {
  const { rows } = await ctx.db.execute(sql`
    with found as (
      select f.id, ${IS_WAITED_FOR} as waited_for from media f
      where f.id = ${id} and f.workspace_id = ${ctx.workspaceId} and f.session_id is null
    ),
    gone as (
      delete from media f using found where f.id = found.id and not found.waited_for returning f.object_key
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'gone' })})
    select gone.object_key from found left join gone on true`);
  const [row] = z.array(Found).parse(rows);
  if (row === undefined) throw mediaNotFound();
  if (row.object_key === null)
    throw new AppError('CONFLICT', 'A message that is still to be sent needs this file.');
  ctx.waitUntil(discardObject(ctx, row.object_key));
  return { id, deleted: true };
}

/** Deletes uploaded files that have expired, but for those that a message still needs. A run takes the oldest 200. */
export async function forgetExpiredMedia(services: Services): Promise<void> {
  const { rows } = await services.db.execute(sql`
    delete from media where id in (
      select f.id from media f where f.expires_at < now() and not ${IS_WAITED_FOR} order by f.expires_at limit 200
    ) returning object_key`);
  for (const { object_key: key } of z.array(Row).parse(rows)) await discardObject(services, key);
}
