import { DeathNotice } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { reportDeath } from '../../services/ownership/report-death.ts';
import { readBody } from './read-body.ts';

/** A runner's supervisor says that its runner is gone, and its browsers with it. Body: DeathNotice. */
export const reportDeathRoute = (app: App) =>
  app.post('/internal/runners/death', async (c) => {
    const input = await readBody(c, DeathNotice);
    await reportDeath({ services: c.get('services'), input });
    return c.json({});
  });
