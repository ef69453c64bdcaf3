import { AppError } from '../../../shared/errors.ts';
import type { optOuts } from '../../db/schema/index.ts';

export type OptOutView = ReturnType<typeof viewOptOut>;

/** An entry of the list as the API shows it. */
export const viewOptOut = (row: typeof optOuts.$inferSelect) => ({
  id: row.id,
  person: { id: row.personId, lid: row.lid },
  source: row.source,
  createdAt: row.createdAt.toISOString(),
});

export const optOutNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such opt-out in this workspace.');
