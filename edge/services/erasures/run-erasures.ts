import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { Moment } from '../../db/moment.ts';
import { eraseEvents } from './erase-events.ts';
import { eraseMessages } from './erase-messages.ts';
import {
  eraseAudit,
  eraseBulks,
  eraseLeads,
  eraseOptOuts,
  erasePeople,
  erasePresence,
} from './erase-records.ts';
import { type Erasure, type Part, PARTS, type Step, type StepServices } from './parts.ts';

/** A run ends after this: the next one goes on. */
const RUN_MS = 20_000;
/** Longer than any step: whoever has not come back by then is gone. */
const CLAIM = '1 minute';

const Claimed = z.object({
  id: z.string(),
  workspace_id: z.string(),
  ids: z.array(z.string()).min(1),
  part: z.enum(PARTS),
  after: z.string(),
  created_at: Moment,
});

/** The files have expired; it is done when the clean-up has removed them, the objects too. */
const finish: Step = async ({ db }, { id, workspaceId }) => {
  await db.execute(sql`
    update erasures e set status = 'done', ids = null, after = '', claimed_until = null, finished_at = now()
    where e.id = ${id} and e.status <> 'done' and not exists (
      select from media f join messages m on m.media_id = f.id
      where f.workspace_id = ${workspaceId} and f.expires_at <= now() and m.erased_at is not null
    )`);
  return false;
};

const STEPS: Readonly<Record<Part, Step>> = {
  messages: eraseMessages,
  bulks: eraseBulks,
  leads: eraseLeads,
  optOuts: eraseOptOuts,
  people: erasePeople,
  presence: erasePresence,
  audit: eraseAudit,
  events: eraseEvents,
  files: finish,
};

/**
 * Continues the erasures that no other run is working on, the oldest first. Each step is one statement, which also moves the
 * erasure on. A run that is cut off has therefore finished some steps, and the next run does the rest.
 */
export async function runErasures(services: StepServices): Promise<void> {
  const until = services.now() + RUN_MS;
  const met: string[] = [];
  for (;;) {
    const next = await claim(services, met);
    if (next === undefined) return;
    met.push(next.id);
    await goOn(services, next, until);
    if (services.now() >= until) return;
  }
}

async function goOn(services: StepServices, first: Erasure, until: number): Promise<void> {
  let erasure: Erasure | undefined = first;
  while (erasure !== undefined && (await STEPS[erasure.part](services, erasure))) {
    if (services.now() >= until) break;
    erasure = await renew(services, first.id);
  }
  await services.db.execute(
    sql`update erasures set claimed_until = null where id = ${first.id} and claimed_until is not null`,
  );
}

/** @param met those that this run has been at */
const claim = (services: StepServices, met: readonly string[]) =>
  take(
    services,
    sql`(
      select e.id from erasures e
      where e.status <> 'done' and (e.claimed_until is null or e.claimed_until < now()) and e.id <> all(${sql.param(met)}::text[])
      order by e.created_at limit 1 for update skip locked
    )`,
  );

const renew = (services: StepServices, id: string) => take(services, sql`${id}`);

async function take(
  { db }: StepServices,
  id: ReturnType<typeof sql>,
): Promise<Erasure | undefined> {
  const { rows } = await db.execute(sql`
    update erasures set claimed_until = now() + ${CLAIM}::interval, status = 'running', started_at = coalesce(started_at, now())
    where id = ${id} and status <> 'done'
    returning id, workspace_id, ids, part, after, created_at`);
  const [row] = z.array(Claimed).parse(rows);
  if (row === undefined) return undefined;
  const { workspace_id: workspaceId, created_at: createdAt, ...rest } = row;
  return { ...rest, workspaceId, createdAt };
}
