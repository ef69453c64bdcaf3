import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Report, SpooledReport } from '../../../../shared/protocol/index.ts';
import { append, Appended, BELLS } from '../../../events/append.ts';
import type { Seal } from '../../../values/content-seal.ts';
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
  /** Of the API, for links to files. */
  baseUrl: string;
  /** Seals the workspace's content. */
  seal: Seal;
};

/** What each report's statement answers: whether it was taken, and the deliveries it wrote. */
export const WriteResult = Appended.extend({
  accepted: z.coerce.number(),
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

/**
 * Picks the message of a wire id, whichever way it went, by the index over session, direction and wire id. One whose person was
 * erased takes nothing new.
 */
export function messageByWireId({ spooled }: WriteContext, wireId: string | null): SQL {
  return sql`select message.id, message.chat_id, message.reference from messages message, target
    where message.session_id = ${spooled.sessionId} and message.direction in ('inbound', 'outbound')
      and message.wire_id = ${wireId} and message.erased_at is null
    order by message.created_at limit 1`;
}

/** Guard of every change that an event tells of: a report that was already taken changes nothing. */
export function isNews({ eventId }: WriteContext): SQL {
  return sql`not exists (select 1 from events known where known.id = ${eventId})`;
}

/** What a report's event has of the report itself; `from` is `target`, with what the payload needs beside it. */
export function reported(write: WriteContext, input: { beside?: SQL; occurredAt?: number } = {}) {
  const occurredAt = safeTimestamp(input.occurredAt ?? write.spooled.occurredAt);
  return {
    from: sql`target ${input.beside ?? sql``}`,
    id: sql`${write.eventId}`,
    workspaceId: sql`target.workspace_id`,
    sessionId: sql`target.id`,
    occurredAt: sql`${occurredAt}`,
    late: sql`target.late`,
    seal: write.seal,
  };
}

/** Puts a report's statement together: the CTEs of its change, then its event and deliveries. */
export function writeStatement(write: WriteContext, ctes: readonly SQL[], event: SQL): SQL {
  return sql`with ${sql.join([...ctes, append([event], write.now)], sql`, `)} select ${ACCEPTED}, ${BELLS}`;
}

/** The same for a change that no event tells of. */
export function silentStatement(ctes: readonly SQL[]): SQL {
  return sql`with ${sql.join([...ctes], sql`, `)} select ${ACCEPTED}, '[]'::jsonb as bells`;
}

const ACCEPTED = sql`(select count(*) from target)::int as accepted`;
