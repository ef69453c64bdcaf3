import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';

const BATCH = 100;

const Row = z.object({ objectKey: z.string(), isInline: z.boolean() });

/**
 * Removes bundles that are of no more use, object first: discarded ones, slots that were never committed (an hour), those in
 * quarantine (7 days), and those whose session was deleted.
 */
export async function purgeCredentials({
  db,
  objects,
}: Pick<Services, 'db' | 'objects'>): Promise<number> {
  const { rows } = await db.execute(sql`
    select c.object_key as "objectKey", c.inline_bytes is not null as "isInline"
    from session_credentials c
    where c.status not in ('current', 'previous') and (c.status = 'discarded'
      or (c.status = 'pending' and c.created_at < now() - interval '1 hour')
      or (c.status = 'quarantined' and c.quarantined_at < now() - interval '7 days'))
    union
    select c.object_key, c.inline_bytes is not null from session_credentials c where c.session_id is null
    limit ${BATCH}::int`);
  const useless = z.array(Row).parse(rows);
  for (const { objectKey, isInline } of useless) {
    if (!isInline) await objects.delete(objectKey);
    await db.execute(sql`delete from session_credentials where object_key = ${objectKey}`);
  }
  return useless.length;
}
