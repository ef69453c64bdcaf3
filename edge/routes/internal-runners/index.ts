import type { App } from '../../http/app.ts';
import { limitBody } from '../../middleware/accept-body.ts';
import { authenticateRunner } from '../../middleware/authenticate-runner.ts';
import { claimMessagesRoute } from './claim-messages.ts';
import { commitCredentialsRoute } from './commit-credentials.ts';
import { heartbeatRoute } from './heartbeat.ts';
import { listUnsettledRoute } from './list-unsettled.ts';
import { openCredentialsSlotRoute } from './open-credentials-slot.ts';
import { openMediaSlotRoute } from './open-media-slot.ts';
import { reportDeathRoute } from './report-death.ts';
import { reportEventsRoute } from './report-events.ts';
import { restoreCredentialsRoute } from './restore-credentials.ts';

/** What runners call. Signed, not in the public document; answers are the bare shapes of shared/protocol. */
export function registerInternalRunners(app: App): void {
  app.use('/internal/runners/*', limitBody, authenticateRunner());
  heartbeatRoute(app);
  reportDeathRoute(app);
  claimMessagesRoute(app);
  listUnsettledRoute(app);
  reportEventsRoute(app);
  openMediaSlotRoute(app);
  openCredentialsSlotRoute(app);
  commitCredentialsRoute(app);
  restoreCredentialsRoute(app);
}
