import type { Services } from '../context.ts';
import type { DueAttempt } from '../webhooks/port.ts';

/** Asks QStash to call us for these attempts. A failure is only logged: the rows stay due, and the sweeper finds them. */
export async function publishDue(
  { webhookClock, log }: Pick<Services, 'webhookClock' | 'log'>,
  due: readonly DueAttempt[],
): Promise<void> {
  try {
    await webhookClock.publish(due);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log({ event: 'webhook_publish_failed', attempts: due.length, reason });
  }
}
