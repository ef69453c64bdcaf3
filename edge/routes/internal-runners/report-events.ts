import { ReportBatch } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { ingestReports } from '../../services/events/ingest-reports.ts';
import { readBody } from './read-body.ts';

/** A runner hands in what happened. Body: ReportBatch. A 200 means that its spool may forget the whole batch. */
export const reportEventsRoute = (app: App) =>
  app.post('/internal/runners/reports', async (c) => {
    const { runnerId, reports } = await readBody(c, ReportBatch);
    return c.json(await ingestReports({ services: c.get('services'), runnerId, reports }));
  });
