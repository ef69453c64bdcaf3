import type { Services } from '../context.ts';
import type { NewDelivery } from './append.ts';
import { publishDue } from './publish-due.ts';

/**
 * What follows when a statement with `append` has been committed: QStash is asked to make the first attempt at each
 * delivery. It may be lost: the sweeper finds what was not published.
 */
export function afterCommit(
  services: Pick<Services, 'webhookClock' | 'log' | 'waitUntil'>,
  deliveries: readonly NewDelivery[],
): void {
  if (deliveries.length === 0) return;
  const due = deliveries.map((delivery) => ({ ...delivery, attemptNo: 1, notBefore: null }));
  services.waitUntil(publishDue(services, due));
}
