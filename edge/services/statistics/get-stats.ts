import { AppError } from '../../../shared/errors.ts';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import type { ServiceContext } from '../../context.ts';
import { filteredSession } from '../sessions/internal.ts';
import { readStats, type StatsBy, type StatsRow } from './read-stats.ts';

const DAY_MS = 24 * 3600_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = LIMITS.statsDays.limit;

/** The day of UTC that a moment is in. */
export const dayOf = (unixMs: number): string => new Date(unixMs).toISOString().slice(0, 10);

/**
 * Counts the messages of a period by what they reached, for each day, session or type. At most 366 days; those without messages have no row.
 * @param input.from null: 30 days up to `to`; `to` null: today, in UTC
 * @throws AppError VALIDATION_ERROR for a period that is too long or ends before it begins; as `filteredSession`
 */
export async function getStats({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: {
    from: string | null;
    to: string | null;
    by: StatsBy;
    session: string | null;
    type: string | null;
  };
}): Promise<StatsRow[]> {
  const { by, session, type } = input;
  const to = input.to ?? dayOf(ctx.now());
  const from = input.from ?? dayOf(Date.parse(to) - (DEFAULT_DAYS - 1) * DAY_MS);
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days < 1) throw periodRefused('must not be after `to`');
  if (days > MAX_DAYS) throw periodRefused(`must be at most ${MAX_DAYS} days before \`to\``);
  const sessionId = await filteredSession(ctx, session);
  return readStats(ctx, { from, to, sessionId, type }, by);
}

const periodRefused = (message: string): AppError =>
  new AppError('VALIDATION_ERROR', undefined, {
    fields: [{ in: 'query', field: 'from', message }],
  });
