import { type SQL, sql } from 'drizzle-orm';

/** Whether no runner has the session now, so that jobs may act in its stead. */
export const unowned = (sessionId: SQL): SQL => sql`not exists (
  select 1 from session_leases lease
  where lease.session_id = ${sessionId} and lease.runner_id is not null and lease.lease_until > now()
)`;
