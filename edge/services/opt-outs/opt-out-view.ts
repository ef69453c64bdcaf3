import { getTableColumns } from 'drizzle-orm';
import { personOf } from '../../../shared/catalogue/person.ts';
import { AppError } from '../../../shared/errors.ts';
import { optOuts } from '../../db/schema/index.ts';
import { type Names, personNames } from '../people/internal.ts';

/** What `viewOptOut` takes. */
export const OPT_OUT_COLUMNS = {
  ...getTableColumns(optOuts),
  names: personNames('opt_outs').as('names'),
};

export type OptOutView = ReturnType<typeof viewOptOut>;

/** An entry of the list as the API shows it. */
export const viewOptOut = (row: typeof optOuts.$inferSelect & { names: Names }) => ({
  id: row.id,
  person: personOf({ id: row.personId, lid: row.lid, ...row.names }),
  source: row.source,
  createdAt: row.createdAt.toISOString(),
});

export const optOutNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such opt-out in this workspace.');
