import { CredentialsSlotRequest } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { openCredentialsSlot } from '../../services/credentials/open-slot.ts';
import { readBody } from './read-body.ts';

/** A runner begins a new version of a session's credentials. Body: CredentialsSlotRequest. */
export const openCredentialsSlotRoute = (app: App) =>
  app.post('/internal/runners/credentials/slot', async (c) => {
    const input = await readBody(c, CredentialsSlotRequest);
    return c.json(await openCredentialsSlot({ services: c.get('services'), input }));
  });
