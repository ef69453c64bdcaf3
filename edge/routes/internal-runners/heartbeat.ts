import { HeartbeatRequest } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { heartbeat } from '../../services/ownership/heartbeat.ts';
import { readBody } from './read-body.ts';

/** A runner says what it runs and hears what it keeps, what it lost and what it is given. Body: HeartbeatRequest. */
export const heartbeatRoute = (app: App) =>
  app.post('/internal/runners/heartbeat', async (c) => {
    const input = await readBody(c, HeartbeatRequest);
    return c.json(await heartbeat({ services: c.get('services'), input }));
  });
