import { wrongDeliveries, wrongRequests } from '../testing/check-deliveries.ts';
import type { RoadHistory } from './history.ts';

/** What Waypost promises of the roads by which events reach their readers. */
export const ROAD_RULES: Readonly<Record<string, (history: RoadHistory) => string[]>> = {
  'every event is delivered to each endpoint that wants it, or is a dead letter': ({
    log,
    upTo,
    workspaceId,
    endpoints,
    deliveries,
  }) => {
    const past = log.filter((row) => row.workspaceId !== workspaceId || row.seq <= upTo);
    return wrongDeliveries(past, endpoints, deliveries);
  },

  'who refuses for good gets dead letters alone': ({ endpoints, deliveries }) =>
    endpoints
      .filter(({ refuses }) => refuses)
      .flatMap(({ id, name }) =>
        deliveries
          .filter(({ endpointId, status }) => endpointId === id && status === 'delivered')
          .map(({ eventId }) => `${eventId} to ${name} is delivered`),
      ),

  'every copy has the id of its event, and stays in its workspace': ({
    log,
    endpoints,
    requests,
  }) => wrongRequests(log, endpoints, requests),

  'WebSocket, event stream and feed show the same events in the same order': ({
    log,
    readings,
    upTo,
    workspaceId,
  }) =>
    readings.flatMap(({ road, from, ids }) => {
      const wanted = log.filter(
        (row) => row.workspaceId === workspaceId && row.seq > from && row.seq <= upTo,
      );
      if (wanted.length === 0) return [`${road}: no event after ${from}`];
      const wrong = wanted.find(({ id }, index) => ids[index] !== id);
      if (wrong === undefined) return [];
      const instead = ids[wanted.indexOf(wrong)] ?? 'nothing';
      return [`${road}: ${instead} in place of ${wrong.type} ${wrong.id} (${wrong.seq})`];
    }),
};
