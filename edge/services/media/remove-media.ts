import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';

const BATCH = 300;
/** The storage is asked for so many at once. */
const AT_ONCE = 6;

const Row = z.object({ id: z.string(), object_key: z.string() });

/** Whether a message that is still to be sent needs a file, by an expression for its id. */
export const isWaitedFor = (id: SQL): SQL => sql`exists (
  select 1 from messages waiting where waiting.media_id = ${id} and waiting.status in ('queued', 'sending'))`;

/**
 * Removes files that have expired, the object first: a run that is cut off leaves a row that the next one finds. A minute after
 * they expired, so that a send which found one a moment before is seen to need it.
 */
export async function removeMedia({
  db,
  objects,
}: Pick<Services, 'db' | 'objects'>): Promise<void> {
  const { rows } = await db.execute(sql`
    select f.id, f.object_key from media f
    where f.expires_at < now() - interval '1 minute' and not ${isWaitedFor(sql`f.id`)}
    order by f.expires_at limit ${BATCH}::int`);
  const ids = await deleteThose(objects, rows);
  if (ids.length === 0) return;
  // Their messages can be asked for the file again.
  await db.execute(sql`
    with gone as (
      delete from media f where f.id = any(${sql.param(ids)}::text[]) and f.expires_at < now() returning f.id
    )
    update messages m set media_id = null from gone where m.media_id = gone.id`);
}

/** Removes what was uploaded to the storage and not completed, or was copied since, the object first. */
export async function removeUploads({
  db,
  objects,
}: Pick<Services, 'db' | 'objects'>): Promise<void> {
  const { rows } = await db.execute(sql`
    select u.id, u.object_key from media_uploads u where u.expires_at < now() order by u.expires_at limit ${BATCH}::int`);
  const ids = await deleteThose(objects, rows);
  if (ids.length > 0)
    await db.execute(sql`delete from media_uploads where id = any(${sql.param(ids)}::text[])`);
}

/** Deletes the objects of these rows. @returns the rows' ids */
async function deleteThose(objects: Services['objects'], rows: unknown[]): Promise<string[]> {
  const found = z.array(Row).parse(rows);
  await deleteObjects(
    objects,
    found.map(({ object_key: key }) => key),
  );
  return found.map(({ id }) => id);
}

/** @throws AppError UNAVAILABLE */
export async function deleteObjects(
  objects: Services['objects'],
  keys: readonly string[],
): Promise<void> {
  for (let first = 0; first < keys.length; first += AT_ONCE)
    await Promise.all(keys.slice(first, first + AT_ONCE).map((key) => objects.delete(key)));
}
