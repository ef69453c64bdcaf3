import { ClaimRequest } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { claimMessages } from '../../services/queue/claim.ts';
import { readBody } from './read-body.ts';

/** The owner of a session takes messages from its queue. Body: ClaimRequest. */
export const claimMessagesRoute = (app: App) =>
  app.post('/internal/runners/claim', async (c) => {
    const input = await readBody(c, ClaimRequest);
    return c.json(await claimMessages({ services: c.get('services'), input }));
  });
