import type { App } from '../../http/app.ts';
import { limitBody } from '../../middleware/accept-body.ts';
import { authenticateRunner } from '../../middleware/authenticate-runner.ts';
import { claimMessagesRoute } from './claim-messages.ts';
import { heartbeatRoute } from './heartbeat.ts';
import { listUnsettledRoute } from './list-unsettled.ts';
import { openMediaSlotRoute } from './open-media-slot.ts';
import { reportEventsRoute } from './report-events.ts';

/** What runners call. Signed, not in the public document; answers are the bare shapes of shared/protocol. */
export function registerInternalRunners(app: App): void {
  app.use('/internal/runners/*', limitBody, authenticateRunner());
  heartbeatRoute(app);
  claimMessagesRoute(app);
  listUnsettledRoute(app);
  reportEventsRoute(app);
  openMediaSlotRoute(app);
}
