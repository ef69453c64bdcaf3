import type { Services } from '../context.ts';
import { describeError } from '../log/describe-error.ts';
import type { NewBell } from './append.ts';
import { ring } from './ring.ts';
import { recordEvent } from './trace-event.ts';

/** What reports of new events need. */
export type AfterCommit = Pick<
  Services,
  'webhookClock' | 'hubs' | 'log' | 'waitUntil' | 'now' | 'tracer'
>;

/**
 * What follows when statements with `append` have been committed: QStash is asked to call for each endpoint that has
 * something to get, hubs with listeners are woken, and the spans of traced events are recorded. All may be lost: the sweeper
 * finds what nobody called for, and a hub looks by itself.
 */
export function afterCommit(services: AfterCommit, bells: readonly NewBell[]): void {
  const endpoints = bells.flatMap((bell) => ('endpointId' in bell ? [bell] : []));
  const perEndpoint = new Map(
    endpoints.map((bell) => [bell.endpointId, { ...bell, notBefore: null }]),
  );
  if (perEndpoint.size > 0) services.waitUntil(ring(services, [...perEndpoint.values()]));
  for (const bell of bells) if ('traced' in bell) recordEvent(services, bell.traced);
  const watched = bells.flatMap((bell) => ('hubOf' in bell ? [bell.hubOf] : []));
  for (const workspaceId of new Set(watched)) services.waitUntil(wakeHub(services, workspaceId));
}

async function wakeHub({ hubs, log }: AfterCommit, workspaceId: string): Promise<void> {
  try {
    await hubs.wake(workspaceId);
  } catch (error) {
    log({ event: 'hub_not_woken', workspaceId, ...describeError(error) });
  }
}
