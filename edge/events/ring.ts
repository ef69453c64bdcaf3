import type { Services } from '../context.ts';
import type { Doorbell } from '../webhooks/port.ts';

/** Asks QStash to call us. A failure is only logged: the rows stay due, and the sweeper finds them. */
export async function ring(
  { webhookClock, log }: Pick<Services, 'webhookClock' | 'log'>,
  bells: readonly Doorbell[],
): Promise<void> {
  if (bells.length === 0) return;
  try {
    await webhookClock.publish(bells);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log({ event: 'webhook_publish_failed', endpoints: bells.length, reason });
  }
}
