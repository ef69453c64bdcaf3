import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import type { ObjectPage } from '../../media/object-store.ts';
import { deleteObjects } from './remove-media.ts';

/** A file is stored before its row is written, or after: neither takes longer. */
const GRACE_MS = 3_600_000;

/** All of them may have to be deleted, and a Worker may make a thousand requests for all jobs of a round together. */
const PAGE = 500;

const Found = z.object({ key: z.string() });
const State = z.object({ after: z.string() });
const Missing = z.object({ missing: Count });

/**
 * Compares the next objects of the storage with the rows of files: an object without a row is deleted, and a row
 * without its object expires. What came within the last hour may still be on its way, and is left. After the last object it
 * starts over.
 */
export async function reconcileMedia({
  db,
  objects,
  log,
  now,
}: Pick<Services, 'db' | 'objects' | 'log' | 'now'>): Promise<void> {
  const { rows } = await db.execute(sql`select after from media_reconciliation where id = 'media'`);
  const [{ after } = { after: '' }] = z.array(State).parse(rows);
  const page = await objects.list(after, PAGE);
  const deleted = await deleteUnnamed({ db, objects }, page, now());
  const missing = await expireMissing(db, page, after);
  await db.execute(sql`
    insert into media_reconciliation (id, after) values ('media', ${endOf(page) ?? ''})
    on conflict (id) do update set after = excluded.after where media_reconciliation.after = ${after}`);
  if (deleted > 0 || missing > 0) log({ event: 'media_reconciled', deleted, missing });
}

/** The last key of a page that others follow; null for the last page. */
const endOf = ({ objects, isTruncated }: ObjectPage): string | null =>
  isTruncated ? (objects.at(-1)?.key ?? null) : null;

/** Only what is under a workspace's `media/` and `uploads/` is ours to judge. */
async function deleteUnnamed(
  { db, objects }: Pick<Services, 'db' | 'objects'>,
  page: ObjectPage,
  now: number,
): Promise<number> {
  const old = page.objects.filter(
    ({ key, modifiedAt }) =>
      /^wks_[^/]+\/(?:media|uploads)\//.test(key) && modifiedAt.getTime() < now - GRACE_MS,
  );
  if (old.length === 0) return 0;
  const { rows } = await db.execute(sql`
    select key from unnest(${sql.param(old.map(({ key }) => key))}::text[]) as key
    where not exists (select 1 from media f where f.object_key collate "C" = key)
      and not exists (select 1 from media_uploads u where u.id = split_part(key, '/', 3))`);
  const keys = z
    .array(Found)
    .parse(rows)
    .map(({ key }) => key);
  await deleteObjects(objects, keys);
  return keys.length;
}

/** Files that the storage should have listed between the page before and this one's end. */
async function expireMissing(db: Services['db'], page: ObjectPage, after: string): Promise<number> {
  const { rows } = await db.execute(sql`
    with gone as (
      update media f set expires_at = now()
      where f.object_key collate "C" > ${after} and (${endOf(page)}::text is null or f.object_key collate "C" <= ${endOf(page)})
        and f.created_at < now() - make_interval(secs => ${GRACE_MS / 1000}::int)
        and (f.expires_at is null or f.expires_at > now())
        and f.object_key <> all(${sql.param(page.objects.map(({ key }) => key))}::text[])
      returning 1
    )
    select count(*) as missing from gone`);
  return z.array(Missing).parse(rows)[0]?.missing ?? 0;
}
