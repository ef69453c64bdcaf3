import { and, eq } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { leads } from '../../db/schema/index.ts';

export type LeadView = ReturnType<typeof viewLead>;

/** A lead as the API shows it. */
export const viewLead = (row: typeof leads.$inferSelect) => ({
  id: row.id,
  person: { id: row.personId, lid: row.lid },
  name: row.name,
  status: row.status,
  notes: row.notes,
  source: row.source,
  sessionId: row.sessionId,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

export const leadById = ({ workspaceId }: ServiceContext, id: string) =>
  and(eq(leads.workspaceId, workspaceId), eq(leads.id, id));

export const leadNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such lead in this workspace.');
