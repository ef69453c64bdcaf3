import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Report, SpooledReport } from '../../../../shared/protocol/index.ts';
import { eventCtes } from '../outbox.ts';
import { safeTimestamp } from '../safe-values.ts';

export type ReportOf<Kind extends Report['kind']> = Extract<Report, { kind: Kind }>;

/** What a report's statement needs beside the report: who says it, and what was worked out beforehand. */
export type WriteContext = {
  spooled: Omit<SpooledReport, 'report'>;
  runnerId: string;
  eventId: string;
  /** The message's wire id, derived where the report does not carry it. */
  wireId: string | null;
  /** Message of ours whose derived wire id this is, although its row does not say so yet. */
  messageId: string | null;
  now: number;
};

/** What each report's statement answers: whether it was taken, and the deliveries it wrote. */
export const WriteResult = z.object({
  accepted: z.coerce.number(),
  deliveries: z.array(z.string()),
  /** Of several reports, the places of those that were taken. */
  taken: z.array(z.coerce.number()).optional(),
});

/** The session, if it is there. A fact is late when another owner has come since. */
export function factTarget({ spooled }: WriteContext): SQL {
  return sql`target as (
    select session.id, session.workspace_id, coalesce(lease.epoch, 0) <> ${spooled.epoch}::int as late
    from sessions session left join session_leases lease on lease.session_id = session.id
    where session.id = ${spooled.sessionId}
  )`;
}

/** The session, if the reporter is its owner now. */
export function ownedTarget({ spooled, runnerId }: WriteContext): SQL {
  return sql`target as (
    select session.id, session.workspace_id, session.status, false as late
    from sessions session join session_leases lease on lease.session_id = session.id
    where session.id = ${spooled.sessionId}
      and lease.epoch = ${spooled.epoch}::int and lease.runner_id = ${runnerId}
  )`;
}

/** Picks the message of a wire id, whichever way it went, by the index over session, direction and wire id. */
export function messageByWireId({ spooled }: WriteContext, wireId: string | null): SQL {
  return sql`select message.id, message.chat_id from messages message, target
    where message.session_id = ${spooled.sessionId} and message.direction in ('inbound', 'outbound')
      and message.wire_id = ${wireId}
    order by message.created_at limit 1`;
}

/** Guard of every change that an event tells of: a report that was already taken changes nothing. */
export function isNews({ eventId }: WriteContext): SQL {
  return sql`not exists (select 1 from events known where known.id = ${eventId})`;
}

/** The CTE `fact` with one event for each row of `source`; `data` is a jsonb expression over its columns. */
export function fact(
  write: WriteContext,
  input: { type: string; data: SQL; source: SQL; occurredAt?: number },
): SQL {
  const occurredAt = safeTimestamp(input.occurredAt ?? write.spooled.occurredAt);
  return sql`fact as (
    select 1 as ord, ${write.eventId}::text as id, target.workspace_id, target.id as session_id,
      ${input.type}::text as type, ${input.data} as data, ${occurredAt}::timestamptz as occurred_at, target.late
    from target ${input.source}
  )`;
}

/** Puts a report's statement together: its CTEs down to `fact`, then events and deliveries. */
export function writeStatement(write: WriteContext, ctes: readonly SQL[]): SQL {
  return sql`with ${sql.join([...ctes, eventCtes(write.now)], sql`, `)} ${RESULT}`;
}

/** The same for a change that no event tells of. */
export function silentStatement(ctes: readonly SQL[]): SQL {
  return sql`with ${sql.join([...ctes], sql`, `)}, outbox as (select null::text as id where false) ${RESULT}`;
}

const RESULT = sql`select
  (select count(*) from target)::int as accepted,
  array(select id from outbox)::text[] as deliveries`;
