import type { Received } from './flaky-receiver.ts';
import type { DeliveryRow, EventRow } from './read-deliveries.ts';

/** An endpoint as its owner made it: the patterns of its types, its workspace, and its sessions unless it has all. */
export type Wanting = {
  id: string;
  name: string;
  workspaceId: string;
  eventTypes: readonly string[];
  sessionIds?: readonly string[] | undefined;
};

const ALIASES: Readonly<Record<string, string>> = { message_received: 'message.received' };

const matches = (pattern: string, type: string): boolean =>
  pattern === '*' ||
  (ALIASES[pattern] ?? pattern) === type ||
  (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));

export const wants = (endpoint: Wanting, event: EventRow): boolean =>
  endpoint.workspaceId === event.workspaceId &&
  (endpoint.sessionIds?.includes(event.sessionId ?? '') ?? true) &&
  endpoint.eventTypes.some((pattern) => matches(pattern, event.type));

/**
 * What is wrong with the record: each event has one delivery to each endpoint that wants it, which was taken or is a dead
 * letter, and none to another.
 */
export function wrongDeliveries(
  events: readonly EventRow[],
  endpoints: readonly Wanting[],
  deliveries: readonly DeliveryRow[],
): string[] {
  const found = Map.groupBy(deliveries, ({ endpointId, eventId }) => `${endpointId} ${eventId}`);
  return endpoints.flatMap((endpoint) =>
    events.flatMap((event) => {
      const rows = found.get(`${endpoint.id} ${event.id}`) ?? [];
      const what = `${event.type} ${event.id} to ${endpoint.name}`;
      if (!wants(endpoint, event)) return rows.length === 0 ? [] : [`${what} was not wanted`];
      const [row] = rows;
      if (row === undefined || rows.length > 1) return [`${what} has ${rows.length} deliveries`];
      const { status, taken } = row;
      const hasEnded = status === 'failed' || (status === 'delivered' && taken > 0);
      return hasEnded ? [] : [`${what} is ${status} after ${taken} answers of 2xx`];
    }),
  );
}

/** What is wrong with what arrived: each event has one id on every copy, and comes to endpoints of its workspace only. */
export function wrongRequests(
  events: readonly EventRow[],
  endpoints: readonly Wanting[],
  received: readonly Pick<Received, 'endpoint' | 'id' | 'webhookId' | 'seq'>[],
): string[] {
  const known = new Map(events.map((event) => [event.id, event]));
  const owners = new Map(endpoints.map(({ name, workspaceId }) => [name, workspaceId]));
  return received.flatMap(({ endpoint, id, webhookId, seq }) => {
    const event = known.get(id);
    const what = `${id} at ${endpoint}`;
    if (event === undefined) return [`${what} is no event`];
    if (webhookId !== id || event.seq !== seq) return [`${what} came as ${webhookId}, ${seq}`];
    return owners.get(endpoint) === event.workspaceId ? [] : [`${what} is of another workspace`];
  });
}
