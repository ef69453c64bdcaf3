import { and, eq, getTableColumns } from 'drizzle-orm';
import { personOf } from '../../../shared/catalogue/person.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { leads } from '../../db/schema/index.ts';
import { type Names, personNames } from '../people/internal.ts';

/** What `viewLead` takes. */
export const LEAD_COLUMNS = { ...getTableColumns(leads), names: personNames('leads').as('names') };

export type LeadView = ReturnType<typeof viewLead>;

/** A lead as the API shows it. */
export const viewLead = (
  { workspaceId, contentSeal }: ServiceContext,
  row: typeof leads.$inferSelect & { names: Names },
) => ({
  id: row.id,
  person: personOf({ id: row.personId, lid: row.lid, ...row.names }),
  name: row.name,
  status: row.status,
  notes: contentSeal.open(workspaceId, row.notes),
  source: row.source,
  sessionId: row.sessionId,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

export const leadById = ({ workspaceId }: ServiceContext, id: string) =>
  and(eq(leads.workspaceId, workspaceId), eq(leads.id, id));

export const leadNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such lead in this workspace.');
