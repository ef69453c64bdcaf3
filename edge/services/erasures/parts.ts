import { type SQL, sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

/** What is gone through, in this order: events of messages are found by the messages, which by then have lost their person. */
export const PARTS = [
  'messages',
  'bulks',
  'leads',
  'optOuts',
  'people',
  'presence',
  'audit',
  'events',
  'files',
] as const;
export type Part = (typeof PARTS)[number];

/** What the record counts. */
export const COUNTED = [
  'messages',
  'idempotencyKeys',
  'files',
  'bulks',
  'leads',
  'optOuts',
  'people',
  'presenceSubscriptions',
  'auditEntries',
  'events',
  'deliveries',
] as const;
export type Counted = (typeof COUNTED)[number];

/** All that the record counts, with 0 for what was not there. */
export const counted = (counts: Readonly<Record<string, number>>): Record<Counted, number> =>
  // Each of these names gets a number.
  Object.fromEntries(COUNTED.map((name) => [name, counts[name] ?? 0])) as Record<Counted, number>;

/** An erasure that is under way. */
export type Erasure = {
  id: string;
  workspaceId: string;
  /** Of the person. */
  ids: readonly string[];
  part: Part;
  after: string;
  createdAt: Date;
};

export type StepServices = Pick<
  Services,
  'db' | 'contentSeal' | 'env' | 'log' | 'now' | 'waitUntil' | 'webhookClock' | 'hubs' | 'tracer'
>;

/** One statement's worth of a part. @returns whether there is more to do now; false: something is waited for */
export type Step = (services: StepServices, erasure: Erasure) => Promise<boolean>;

export const idList = ({ ids }: Erasure): SQL => sql`${sql.param(ids)}::text[]`;

/** The CTE `held`: the erasure, if no other worker has made this step meanwhile. What a step changes hangs on its one row. */
export const held = ({ id, part, after }: Erasure): SQL => sql`held as (
  select e.id from erasures e where e.id = ${id} and e.part = ${part} and e.after = ${after} for update
)`;

/** The CTE `moved`: where the erasure is after the step, and what that erased. */
export function moved(
  erasure: Erasure,
  after: string | null,
  counts: Partial<Record<Counted, SQL>>,
): SQL {
  const next = after === null ? followerOf(erasure.part) : erasure.part;
  const added = Object.entries(counts).map(
    ([name, count]) =>
      sql`${name}::text, coalesce((e.counts ->> ${name}::text)::bigint, 0) + ${count}`,
  );
  return sql`moved as (
    update erasures e set part = ${next}, after = ${after ?? ''},
      counts = e.counts || jsonb_build_object(${sql.join(added, sql`, `)})
    from held where e.id = held.id
  )`;
}

const followerOf = (part: Part): Part => PARTS[PARTS.indexOf(part) + 1] ?? 'files';

/** How many rows a CTE has. */
export const sizeOf = (cte: string): SQL => sql`(select count(*) from ${sql.identifier(cte)})`;

/** Where a page by time and id ended, as it is kept; null when it was the last one. */
export function endOf(page: readonly { at: Date; id: string }[], limit: number): string | null {
  const last = page.at(-1);
  return last === undefined || page.length < limit ? null : `${last.at.toISOString()} ${last.id}`;
}

/** What comes after it, over a row with `created_at` and `id`. */
export function beyond({ after }: Erasure, row: string): SQL {
  if (after === '') return sql`true`;
  const [at = '', id = ''] = after.split(' ');
  const [createdAt, own] = [sql.identifier('created_at'), sql.identifier('id')];
  const table = sql.identifier(row);
  return sql`(${table}.${createdAt}, ${table}.${own}) > (${at}::timestamptz, ${id})`;
}
