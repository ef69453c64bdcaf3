import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { parseExactEvent } from '../../shared/testing/exact-event.ts';
import type { Services } from '../context.ts';
import { EventRow, toPublicEvent } from '../events/public-event.ts';

type Watched = Pick<Services, 'db' | 'env' | 'now' | 'contentSeal'>;
const databases: (() => Watched)[] = [];

/**
 * Makes `checkWrittenEvents` read this database at the end of the current test file. It opens a connection of its own: the
 * driver keeps one address for all clients, and a test may have changed it.
 */
export function watchEvents(connect: () => Watched): void {
  databases.push(connect);
}

const Row = EventRow.extend({ workspaceId: z.string(), names: z.array(z.string()) });

/**
 * Reads every event that the tests of a file have written back through its row of the catalogue, by its own name and by
 * each that it was delivered under.
 * @throws when one does not fit, or has what its row does not name
 */
export async function checkWrittenEvents(): Promise<void> {
  for (const connect of databases.splice(0)) {
    const services = connect();
    const { rows } = await services.db.execute(sql`
      select event.id, event.seq, event.session_id as "sessionId", event.type, event.occurred_at as "occurredAt", event.data,
        event.workspace_id as "workspaceId", event.content_expired_at as "contentExpiredAt",
        array(
          select distinct delivery.event_name from deliveries delivery
          where delivery.workspace_id = event.workspace_id and delivery.event_seq = event.seq
        )::text[] as names
      from events event`);
    for (const { names, workspaceId, ...row } of z.array(Row).parse(rows))
      for (const name of new Set([row.type, ...names]))
        parseExactEvent(toPublicEvent(row, { workspaceId, name, codes: true }, services));
  }
}
