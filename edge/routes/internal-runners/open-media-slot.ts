import { MediaSlotRequest } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { openMediaSlot } from '../../services/queue/media-slot.ts';
import { readBody } from './read-body.ts';

/** A runner asks where to put the bytes of an inbound file. Body: MediaSlotRequest. */
export const openMediaSlotRoute = (app: App) =>
  app.post('/internal/runners/media', async (c) => {
    const input = await readBody(c, MediaSlotRequest);
    return c.json(await openMediaSlot({ services: c.get('services'), input }));
  });
