import { type SQL, sql } from 'drizzle-orm';

/** What is counted of messages. All but `received` are of outbound ones, and `echoes` of those that were not sent through us. */
export const MESSAGE_COUNTS = [
  'received',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
  'unknown',
  'echoes',
] as const;
export type MessageCount = (typeof MESSAGE_COUNTS)[number];

/**
 * The CTE `counted`, which adds steps of messages to the statistics.
 * @param from rows with `workspace_id`, `session_id` and `type`
 * @param at moment of the step, over those rows
 * @param counts conditions over those rows, for each count that a row can add one to
 *
 * The statement runs behind `lockWorkspaces`, so that one workspace's writers do not meet at these rows.
 */
export function countMessages(from: SQL, at: SQL, counts: Partial<Record<MessageCount, SQL>>): SQL {
  const columns = MESSAGE_COUNTS.filter((name) => counts[name] !== undefined);
  const names = sql.join(
    columns.map((name) => sql.identifier(name)),
    sql`, `,
  );
  const numbers = columns.map((name) => sql`count(*) filter (where ${counts[name]})`);
  const sums = columns.map(
    (name) =>
      sql`${sql.identifier(name)} = known.${sql.identifier(name)} + excluded.${sql.identifier(name)}`,
  );
  return sql`counted as (
    insert into message_stats as known (workspace_id, day, session_id, type, ${names})
    select workspace_id, (${at} at time zone 'UTC')::date, session_id, type, ${sql.join(numbers, sql`, `)}
    from ${from} group by 1, 2, 3, 4
    on conflict (workspace_id, day, session_id, type) do update set ${sql.join(sums, sql`, `)}
  )`;
}
