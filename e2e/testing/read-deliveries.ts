import { z } from 'zod';
import { queryDatabase } from './database.ts';
import type { Deployment } from './deployment.ts';

const EventRow = z.object({
  workspaceId: z.string(),
  id: z.string(),
  seq: z.coerce.number(),
  type: z.string(),
  sessionId: z.string().nullable(),
});
const DeliveryRow = z.object({
  endpointId: z.string(),
  eventId: z.string(),
  status: z.string(),
  /** Attempts that were answered with 2xx. */
  taken: z.coerce.number(),
});
export type EventRow = z.infer<typeof EventRow>;
export type DeliveryRow = z.infer<typeof DeliveryRow>;

/** Every event of these sessions, in their order, past the API. */
export const readEventRows = (deployment: Deployment, sessionIds: readonly string[]) =>
  readLogBy('session_id', deployment, sessionIds);

/** The log of these workspaces, each in its order, past the API. */
export const readLog = (deployment: Deployment, workspaceIds: readonly string[]) =>
  readLogBy('workspace_id', deployment, workspaceIds);

const readLogBy = (
  column: 'session_id' | 'workspace_id',
  deployment: Deployment,
  ids: readonly string[],
): Promise<EventRow[]> =>
  queryDatabase(
    deployment,
    EventRow,
    `select workspace_id as "workspaceId", id, seq, type, session_id as "sessionId" from events
     where ${column} = any(string_to_array($1, ',')) order by workspace_id, seq`,
    [ids.join(',')],
  );

/** How many deliveries to these endpoints have no end yet. */
export async function countPending(
  deployment: Deployment,
  endpointIds: readonly string[],
): Promise<number> {
  const [row] = await queryDatabase(
    deployment,
    z.object({ pending: z.coerce.number() }),
    `select count(*) as pending from deliveries
     where status = 'pending' and endpoint_id = any(string_to_array($1, ','))`,
    [endpointIds.join(',')],
  );
  return row?.pending ?? 0;
}

/** Every delivery to these endpoints. */
export const readDeliveryRows = (
  deployment: Deployment,
  endpointIds: readonly string[],
): Promise<DeliveryRow[]> =>
  queryDatabase(
    deployment,
    DeliveryRow,
    `select d.endpoint_id as "endpointId", e.id as "eventId", d.status,
       (select count(*) from attempts a where a.delivery_id = d.id and a.status_code between 200 and 299) as taken
     from deliveries d join events e on e.workspace_id = d.workspace_id and e.seq = d.event_seq
     where d.endpoint_id = any(string_to_array($1, ','))`,
    [endpointIds.join(',')],
  );
