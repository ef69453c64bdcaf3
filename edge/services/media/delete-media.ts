import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { mediaNotFound, shownMedia } from './get-media.ts';
import { isWaitedFor } from './remove-media.ts';

const Found = z.object({ deleted: z.boolean() });

/**
 * Deletes a file: nobody reads it from now on, and its bytes are removed within minutes.
 * @throws AppError NOT_FOUND as `getMedia` does; CONFLICT while a message that is still to be sent needs it
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
      select f.id, ${isWaitedFor(sql`f.id`)} as waited_for
      from media f left join sessions s on s.id = f.session_id
      where f.id = ${id} and ${shownMedia(ctx)}
    ),
    gone as (
      update media f set expires_at = now() from found where f.id = found.id and not found.waited_for returning f.id
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'gone' })})
    select gone.id is not null as deleted from found left join gone on true`);
  const [row] = z.array(Found).parse(rows);
  if (row === undefined) throw mediaNotFound();
  if (!row.deleted)
    throw new AppError('CONFLICT', 'A message that is still to be sent needs this file.');
  return { id, deleted: true };
}
