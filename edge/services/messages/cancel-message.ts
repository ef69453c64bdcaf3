import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError, ERRORS } from '../../../shared/errors.ts';
import { factEventId } from '../../../shared/ids.ts';
import { MESSAGE_STATUS_RANK, MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import type { ServiceContext } from '../../context.ts';
import { afterCommit } from '../../events/after-commit.ts';
import { append, Appended, BELLS, fact, lockWorkspaces } from '../../events/append.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { countMessages } from '../statistics/count-messages.ts';
import { reachOf, SESSION_COLUMNS, withinReach } from '../users/reach.ts';
import { findMessage } from './find-message.ts';
import { type MessageView, viewMessage } from './message-view.ts';
import { messageNotFound } from './refusals.ts';

const Row = Appended.extend({
  status: z.enum(MESSAGE_STATUSES),
  cancelled: z.boolean(),
});

/** A message that was put back into the queue while the statement waited for it is asked for again. */
const MAX_RUNS = 3;

/**
 * Takes a message out of the queue that no runner has claimed: it fails as CANCELLED, with its event. A claim and a
 * cancellation at the same time lock the same row, and the one that comes second finds it taken.
 * @throws AppError NOT_FOUND; CONFLICT with `details.status` for a message that is not queued any more
 */
export async function cancelMessage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<MessageView> {
  const { id } = input;
  const statement = await cancelStatement(ctx, id);
  for (let run = 1; run <= MAX_RUNS; run += 1) {
    const [, result] = await ctx.db.batch([
      ctx.db.execute(lockWorkspaces([ctx.workspaceId])),
      ctx.db.execute(statement),
    ]);
    const [row] = z.array(Row).parse(result.rows);
    if (row === undefined) throw messageNotFound();
    if (row.cancelled) {
      afterCommit(ctx, row.bells);
      const message = await findMessage(ctx, id);
      if (message === undefined) throw messageNotFound();
      return viewMessage(message);
    }
    if (row.status !== 'queued') throw notQueued(row.status);
  }
  throw notQueued('sending');
}

const notQueued = (status: string): AppError =>
  new AppError('CONFLICT', `Only a queued message can be cancelled; this one is ${status}.`, {
    status,
  });

async function cancelStatement(ctx: ServiceContext, id: string): Promise<SQL> {
  const eventId = await factEventId([id, 'message.cancelled']);
  const error = { code: 'CANCELLED', message: ERRORS.CANCELLED.message } as const;
  const failed = fact('message.failed', {
    from: sql`written`,
    id: sql`${eventId}`,
    workspaceId: sql`written.workspace_id`,
    sessionId: sql`written.session_id`,
    trace: sql`written.trace`,
    data: {
      messageId: sql`written.id`,
      reference: sql`written.reference`,
      chatId: sql`written.chat_id`,
      wireId: null,
      status: 'failed',
      error,
    },
  });
  return sql`
    with found as (
      select m.id, m.status from messages m join sessions s on s.id = m.session_id
      where m.id = ${id} and m.workspace_id = ${ctx.workspaceId} and ${withinReach(reachOf(ctx), SESSION_COLUMNS) ?? sql`true`}
    ),
    written as (
      update messages m set
        status = 'failed', status_rank = ${MESSAGE_STATUS_RANK.failed}::smallint, failed_at = now(), error = ${JSON.stringify(error)}::jsonb
      from found
      where m.id = found.id and m.direction = 'outbound' and m.status = 'queued'
      returning m.id, m.workspace_id, m.session_id, m.type, m.chat_id, m.reference, m.trace
    ),
    ${countMessages(sql`written`, sql`now()`, { failed: sql`true` })},
    audited as (${auditInsert(ctx, {
      target: id,
      details: sql`jsonb_build_object('sessionId', written.session_id)`,
      from: 'written',
    })}),
    ${append([failed], ctx.now())}
    select found.status, exists (select from written) as cancelled, ${BELLS}
    from found`;
}
