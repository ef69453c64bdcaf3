import type { Services } from '../context.ts';
import type { NewBell } from './append.ts';
import { ring } from './ring.ts';

/**
 * What follows when statements with `append` have been committed: QStash is asked to call for each endpoint that has
 * something to get. It may be lost: the sweeper finds what nobody called for.
 */
export function afterCommit(
  services: Pick<Services, 'webhookClock' | 'log' | 'waitUntil'>,
  bells: readonly NewBell[],
): void {
  if (bells.length === 0) return;
  const perEndpoint = new Map(bells.map((bell) => [bell.endpointId, { ...bell, notBefore: null }]));
  services.waitUntil(ring(services, [...perEndpoint.values()]));
}
