import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { Count } from '../../db/moment.ts';
import { personFinder } from './names-person.ts';
import { held, moved, sizeOf, type Step } from './parts.ts';

const PAGE = 500;

const Row = z.object({ seq: Count, data: z.unknown(), theirs: z.boolean() });

/**
 * A page of events. Those that name the person go, with their deliveries and the attempts at them, also those that an endpoint is
 * still to get; and those from before about a message that was theirs. Their numbers are not used again.
 */
export const eraseEvents: Step = async ({ db, contentSeal }, erasure) => {
  const { workspaceId, after, createdAt } = erasure;
  const { rows } = await db.execute(sql`
    select e.seq, e.data, exists (
      select from messages m where m.id = e.data ->> 'messageId' and m.workspace_id = e.workspace_id
        and m.erased_at >= ${createdAt.toISOString()}::timestamptz and e.created_at < m.erased_at
    ) as theirs
    from events e where e.workspace_id = ${workspaceId} and e.seq > ${after === '' ? 0 : Number(after)}::bigint
    order by e.seq limit ${PAGE}::int`);
  const page = z.array(Row).parse(rows);
  const names = personFinder(erasure.ids);
  const theirs = page
    .filter((event) => event.theirs || names(contentSeal.open(erasure.workspaceId, event.data)))
    .map(({ seq }) => seq);
  const last = page.length < PAGE ? null : String(page.at(-1)?.seq);
  await db.execute(sql`
    with ${held(erasure)},
    given as (select seq from held, unnest(${sql.param(theirs)}::bigint[]) seq),
    undelivered as (
      select 1 from deliveries d join given on d.workspace_id = ${workspaceId} and d.event_seq = given.seq
    ),
    gone as (
      delete from events e using given where e.workspace_id = ${workspaceId} and e.seq = given.seq returning 1
    ),
    ${moved(erasure, last, { events: sizeOf('gone'), deliveries: sizeOf('undelivered') })}
    select from held`);
  return true;
};
