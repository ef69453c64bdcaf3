import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { Count, Moment } from '../../db/moment.ts';
import { findSession } from './internal.ts';

const Row = z.object({
  id: Count,
  at: Moment,
  status: z.string(),
  reason: z.string(),
  epoch: z.number().nullable(),
  attempt: z.number().nullable(),
  delay_ms: z.number().nullable(),
});

export type SessionLogEntry = {
  id: string;
  at: string;
  type: 'status' | 'reconnect';
  status: string;
  reason: string;
  epoch: number | null;
  attempt: number | null;
  delayMs: number | null;
  nextAt: string | null;
};

export type SessionLogPage = {
  sessionId: string;
  sessionName: string;
  entries: SessionLogEntry[];
  nextCursor: string | null;
};

/**
 * What happened to a session, newest first: changes of state, and tries to reconnect with their number and pause.
 * @param input.before id of the last entry of the page before, or null
 * @throws AppError SESSION_NOT_FOUND
 */
export async function listSessionEvents({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; before: number | null; limit: number };
}): Promise<SessionLogPage> {
  const { session } = await findSession(ctx, input.id);
  const { before, limit } = input;
  const { rows } = await ctx.db.execute(sql`
    select id, at, status, reason, epoch, attempt, delay_ms from session_log
    where session_id = ${session.id} and (${before}::bigint is null or id < ${before}::bigint)
    order by id desc limit ${limit + 1}::int`);
  const found = z.array(Row).parse(rows);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    sessionId: session.id,
    sessionName: session.name,
    entries: page.map(view),
    nextCursor: found.length > limit && last !== undefined ? String(last.id) : null,
  };
}

function view({ delay_ms: delayMs, ...row }: z.infer<typeof Row>): SessionLogEntry {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    type: row.attempt === null ? 'status' : 'reconnect',
    status: row.status,
    reason: row.reason,
    epoch: row.epoch,
    attempt: row.attempt,
    delayMs,
    nextAt: delayMs === null ? null : new Date(row.at.getTime() + delayMs).toISOString(),
  };
}
