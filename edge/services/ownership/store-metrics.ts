import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { HeartbeatRequest } from '../../../shared/protocol/leases.ts';

/** What the runner measured of its sessions since its last heartbeat; nothing for those that it does not own. */
export const storeMetrics = (input: HeartbeatRequest): SQL => {
  const rows = input.sessions.flatMap(({ sessionId, epoch, metrics }) =>
    metrics === undefined ? [] : [{ session_id: sessionId, epoch, metrics }],
  );
  return sql`
    update session_leases l set metrics = measured.metrics, metrics_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as measured (session_id text, epoch int, metrics jsonb)
    where l.session_id = measured.session_id and l.epoch = measured.epoch
      and l.runner_id = ${input.runnerId} and l.boot_id = ${input.bootId}`;
};

/** Those of the sessions whose folders lie on the runner's disk that are no sessions any more. */
export const deletedOf = (stored: readonly string[]): SQL => sql`
  select id from unnest(${sql.param(stored)}::text[]) as stored (id)
  where not exists (select from sessions s where s.id = stored.id)`;

export const DeletedRow = z.object({ id: z.string() });
