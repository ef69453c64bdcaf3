import { UnsettledRequest } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { listUnsettled } from '../../services/queue/unsettled.ts';
import { readBody } from './read-body.ts';

/** The owner of a session asks for messages that were claimed and never settled. Body: UnsettledRequest. */
export const listUnsettledRoute = (app: App) =>
  app.post('/internal/runners/unsettled', async (c) => {
    const input = await readBody(c, UnsettledRequest);
    return c.json(await listUnsettled({ services: c.get('services'), input }));
  });
