import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';

/** The numbers of a workspace's last event and of the last one that is no longer kept; 0 = none. */
export const LogBounds = z.object({ last: Count, prunedTo: Count });
export type LogBounds = z.infer<typeof LogBounds>;

export const logBounds = ({ workspaceId }: Pick<ServiceContext, 'workspaceId'>): SQL => sql`
  select event_seq as last, events_pruned_to as "prunedTo" from workspaces where id = ${workspaceId}`;

/**
 * A reader that has nothing yet begins with the oldest event that is kept.
 * @throws AppError CURSOR_TOO_OLD for one that has missed events
 */
export function requireKept({ prunedTo }: Pick<LogBounds, 'prunedTo'>, after: number): void {
  if (after > 0 && after < prunedTo)
    throw new AppError('CURSOR_TOO_OLD', undefined, { oldest: prunedTo + 1 });
}

/**
 * Where a connection begins to read: at the cursor that it brings, or at the end of the log.
 * @throws AppError CURSOR_TOO_OLD; VALIDATION_ERROR for a cursor that the log has not reached
 */
export async function startOfReading(ctx: ServiceContext, after: number | null): Promise<number> {
  const { rows } = await ctx.db.execute(logBounds(ctx));
  const log = LogBounds.parse(rows[0]);
  if (after === null) return log.last;
  requireKept(log, after);
  if (after > log.last)
    throw new AppError('VALIDATION_ERROR', `The last event of this workspace is ${log.last}.`, {
      fields: [{ in: 'query', field: 'after', message: 'beyond the last event' }],
    });
  return after;
}
