import type { Services } from '../context.ts';
import { describeError } from '../log/describe-error.ts';
import { noteCronRound } from '../services/diagnosis/note-cron-round.ts';
import { purgeCredentials } from '../services/credentials/purge.ts';
import { forgetOldAudit } from '../services/audit/forget-old.ts';
import { cancelUnwanted } from '../services/deliveries/cancel-unwanted.ts';
import { sweepDeliveries } from '../services/deliveries/sweep.ts';
import { runErasures } from '../services/erasures/run-erasures.ts';
import { eraseExpiredCredentials } from '../services/events/erase-expired-credentials.ts';
import { forgetOldEvents } from '../services/events/forget-old-events.ts';
import {
  expireAsTheyCome,
  expireQueuedMessages,
} from '../services/messages/expire-queued-messages.ts';
import { reconcileFleet } from '../services/fleet/reconcile.ts';
import { forgetExpiredLogins } from '../services/identity/forget-expired.ts';
import { failOptedOut } from '../services/messages/fail-messages-to-opted-out.ts';
import { giveUpPendingMedia } from '../services/messages/give-up-pending-media.ts';
import { giveUpUnsettled } from '../services/messages/give-up-unsettled.ts';
import { noteStalledMessages } from '../services/messages/note-stalled-messages.ts';
import { promoteDueMessages } from '../services/queue/promote-due.ts';
import { forgetOldHistory } from '../services/sessions/forget-old-history.ts';
import { expireMedia } from '../services/media/expire-media.ts';
import { reconcileMedia } from '../services/media/reconcile-media.ts';
import { removeMedia, removeUploads } from '../services/media/remove-media.ts';
import { noteUnseenPhones } from '../services/sessions/note-unseen-phones.ts';
import { announceDisabled } from '../services/webhooks/announce-disabled.ts';
import { forgetUnusedHooks } from '../services/webhooks/forget-unused-hooks.ts';
import { forgetOldHealth } from '../services/webhooks/forget-old-health.ts';
import { resealProxies } from '../services/sessions/reseal-proxies.ts';
import { expireContent } from '../services/content/expire-content.ts';
import { resealContent } from '../services/content/reseal-content.ts';
import { settleStopped } from '../services/sessions/stop-unowned.ts';
import { forgetIdempotencyKeys } from '../services/messages/forget-idempotency-keys.ts';

/** every-job.test.ts runs each of them late, twice at once, and cut off at any call. */
export const JOBS = {
  noteCronRound,
  cancelUnwanted,
  sweepDeliveries,
  announceDisabled,
  eraseExpiredCredentials,
  promoteDueMessages,
  expireQueuedMessages,
  failOptedOut,
  giveUpUnsettled,
  giveUpPendingMedia,
  noteStalledMessages,
  noteUnseenPhones,
  settleStopped,
  resealProxies,
  resealContent,
  expireContent,
  forgetIdempotencyKeys,
  reconcileFleet,
  runErasures,
  purgeCredentials,
  forgetExpiredLogins,
  forgetOldAudit,
  forgetOldHistory,
  forgetOldEvents,
  forgetOldHealth,
  forgetUnusedHooks,
  expireMedia,
  removeMedia,
  removeUploads,
  reconcileMedia,
} satisfies Record<string, (services: Services) => Promise<unknown>>;
export type JobName = keyof typeof JOBS;

/** How often it comes round. */
const ROUND_MS = 60_000;

/** Every minute. Each job is bounded, may run twice at once, and takes up what a run before left; one failing stops no other. */
export async function runCron(services: Services): Promise<void> {
  for (const [job, run] of Object.entries(JOBS)) await logged(services, job, run);
}

/** Beside the jobs, until the next round: what expires within the minute, should no runner's heartbeat see to it. */
export async function watchExpiry(services: Services): Promise<void> {
  await logged(services, 'watchExpiry', () => expireAsTheyCome(services, ROUND_MS));
}

/** A job leaves one line, also when it fails. */
async function logged(
  services: Services,
  job: string,
  run: (services: Services) => Promise<unknown>,
): Promise<void> {
  const { log } = services;
  const startedAt = Date.now();
  const line = (outcome: 'done' | 'failed') => ({
    event: 'job',
    job,
    outcome,
    durationMs: Date.now() - startedAt,
  });
  try {
    const count = await run(services);
    log({ ...line('done'), ...(typeof count === 'number' && { count }) });
  } catch (error) {
    log({ ...line('failed'), ...describeError(error) });
  }
}
