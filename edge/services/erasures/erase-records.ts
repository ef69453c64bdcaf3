import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { Moment } from '../../db/moment.ts';
import type { LeftOut } from '../../db/schema/bulks.ts';
import { contactHashes } from './contact-hash.ts';
import { isWrittenFor, personFinder } from './names-person.ts';
import {
  beyond,
  type Counted,
  endOf,
  type Erasure,
  held,
  idList,
  moved,
  sizeOf,
  type Step,
} from './parts.ts';

/** A part that one statement does: `gone` is a CTE over `held` that returns what it erased. */
const atOnce =
  (name: Counted, changes: (erasure: Erasure, env: Parameters<Step>[0]['env']) => SQL): Step =>
  async ({ db, env }, erasure) => {
    await db.execute(sql`
      with ${held(erasure)}, ${changes(erasure, env)}, ${moved(erasure, null, { [name]: sizeOf('gone') })}
      select from held`);
    return true;
  };

export const eraseLeads = atOnce(
  'leads',
  (erasure) => sql`gone as (
    delete from leads l using held where l.workspace_id = ${erasure.workspaceId}
      and (l.person_id = any(${idList(erasure)}) or l.lid = any(${idList(erasure)})) returning 1
  )`,
);

/** Whoever had opted out is still not written to: hashes of their ids take the entry's place. */
export const eraseOptOuts = atOnce(
  'optOuts',
  (erasure, env) => sql`gone as (
    delete from opt_outs o using held where o.workspace_id = ${erasure.workspaceId}
      and (o.person_id = any(${idList(erasure)}) or o.lid = any(${idList(erasure)})) returning 1
  ),
  kept as (
    insert into erased_opt_outs (workspace_id, person_hash, erasure_id)
    select ${erasure.workspaceId}, hash, held.id
    from held, unnest(${contactHashes(env, sql`${erasure.workspaceId}::text`, idList(erasure))}) hash
    where exists (select from gone)
    on conflict (workspace_id, person_hash) do update set erasure_id = excluded.erasure_id
  )`,
);

export const erasePeople = atOnce(
  'people',
  (erasure) => sql`gone as (
    delete from person_ids p using held, sessions s
    where s.id = p.session_id and s.workspace_id = ${erasure.workspaceId}
      and (p.lid = any(${idList(erasure)}) or p.phone_id = any(${idList(erasure)}) or p.chat_id = any(${idList(erasure)}))
    returning 1
  )`,
);

export const erasePresence = atOnce(
  'presenceSubscriptions',
  (erasure) => sql`gone as (
    update sessions s set presence_of = array(select kept from unnest(s.presence_of) kept where kept <> all(${idList(erasure)}))
    from held where s.workspace_id = ${erasure.workspaceId} and s.presence_of && ${idList(erasure)} returning 1
  )`,
);

const BULKS = 100;
const Bulk = z.object({ id: z.string(), at: Moment, left_out: z.array(z.custom<LeftOut>()) });

/** Who got no message of a bulk stands there as the caller wrote them. */
export const eraseBulks: Step = async ({ db }, erasure) => {
  const { workspaceId, ids } = erasure;
  const { rows } = await db.execute(sql`
    select b.id, b.created_at as at, b.left_out from bulks b
    where b.workspace_id = ${workspaceId} and ${beyond(erasure, 'b')} order by b.created_at, b.id limit ${BULKS}::int`);
  const page = z.array(Bulk).parse(rows);
  const names = personFinder(ids);
  const isTheirs = (one: LeftOut) => isWrittenFor(one.to, ids) || names(one);
  const given = page.flatMap(({ id, left_out: leftOut }) => {
    if (!leftOut.some(isTheirs)) return [];
    const rest = leftOut.map((one) =>
      isTheirs(one) ? { ...one, to: 'erased', message: 'erased' } : one,
    );
    return [{ id, left_out: rest }];
  });
  await db.execute(sql`
    with ${held(erasure)},
    gone as (
      update bulks b set left_out = given.left_out
      from held cross join jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given(id text, left_out jsonb)
      where b.id = given.id returning 1
    ),
    ${moved(erasure, endOf(page, BULKS), { bulks: sizeOf('gone') })}
    select from held`);
  return true;
};

const ENTRIES = 1_000;
const Entry = z.object({ id: z.string(), at: Moment, target: z.unknown(), details: z.unknown() });

/** The entry stays, without what it was about. */
export const eraseAudit: Step = async ({ db }, erasure) => {
  const { rows } = await db.execute(sql`
    select a.id, a.created_at as at, a.target, a.details from audit_log a
    where a.workspace_id = ${erasure.workspaceId} and ${beyond(erasure, 'a')} order by a.created_at, a.id limit ${ENTRIES}::int`);
  const page = z.array(Entry).parse(rows);
  const names = personFinder(erasure.ids);
  const theirs = page.flatMap(({ id, target, details }) => (names([target, details]) ? [id] : []));
  await db.execute(sql`
    with ${held(erasure)},
    gone as (
      update audit_log a set target = null, details = null from held
      where a.id = any(${sql.param(theirs)}::text[]) returning 1
    ),
    ${moved(erasure, endOf(page, ENTRIES), { auditEntries: sizeOf('gone') })}
    select from held`);
  return true;
};
