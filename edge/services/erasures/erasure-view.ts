import { getTableColumns, type InferSelectModel } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { isoOrNull } from '../../db/moment.ts';
import { erasures } from '../../db/schema/index.ts';
import { counted } from './parts.ts';

const { id, status, counts, createdBy, createdAt, startedAt, finishedAt } =
  getTableColumns(erasures);

/** What `viewErasure` takes. */
export const ERASURE_COLUMNS = {
  id,
  status,
  counts,
  createdBy,
  createdAt,
  startedAt,
  finishedAt,
};

export type ErasureRow = Pick<InferSelectModel<typeof erasures>, keyof typeof ERASURE_COLUMNS>;
export type ErasureView = ReturnType<typeof viewErasure>;

/** The record of an erasure as the API shows it. */
export const viewErasure = (row: ErasureRow) => ({
  id: row.id,
  status: row.status,
  counts: counted(row.counts),
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  startedAt: isoOrNull(row.startedAt),
  finishedAt: isoOrNull(row.finishedAt),
});

export const erasureNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such erasure in this workspace.');
