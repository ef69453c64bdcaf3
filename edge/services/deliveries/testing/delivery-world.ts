import { eq, sql } from 'drizzle-orm';
import type { Harness } from '../../../testing/harness.ts';
import { newInbox } from '../../../testing/receiver.ts';
import { ingestReports } from '../../reports/ingest-reports.ts';
import {
  newEndpoint,
  newOwnedSession,
  type OwnedSession,
  received,
} from '../../reports/testing/report-fixtures.ts';
import { deliver } from '../deliver.ts';

type EndpointChanges = Parameters<typeof newEndpoint>[2];

/** What a call answers that made one attempt, with this status. */
export const attempted = (status: 'delivered' | 'pending' | 'failed') => ({
  kind: 'attempted',
  delivered: 0,
  pending: 0,
  failed: 0,
  [status]: 1,
});
export const NOTHING_DUE = { kind: 'nothing', why: 'none_due' };

/** Deliveries to inboxes of their own, their attempts, and time that passes. */
export function deliveryWorld(harness: Harness) {
  /** One endpoint on an inbox of its own, and the delivery of one event to it. */
  async function newDelivery(changes: EndpointChanges = {}) {
    const session = await newOwnedSession(harness);
    const inbox = newInbox();
    const endpointId = await newEndpoint(harness, session, { url: inbox.url, ...changes });
    await happen(session, 'EV1');
    const [row] = await deliveriesTo(endpointId);
    if (row === undefined) throw new Error('no delivery');
    return { session, inbox, endpointId, id: row.id };
  }

  const happen = (session: OwnedSession, ...wireIds: string[]) =>
    ingestReports({
      services: harness.services(),
      runnerId: session.runnerId,
      reports: wireIds.map((wireId) => session.spool(received(wireId))),
    });

  const deliveriesTo = (endpointId: string) => {
    const { deliveries } = harness.schema;
    return harness.db
      .select()
      .from(deliveries)
      .where(eq(deliveries.endpointId, endpointId))
      .orderBy(deliveries.eventSeq);
  };

  const attemptsOf = async (id: string) => {
    const { attempts, deliveries } = harness.schema;
    const { contentSeal } = harness.services();
    const rows = await harness.db
      .select({ attempt: attempts, workspaceId: deliveries.workspaceId })
      .from(attempts)
      .innerJoin(deliveries, eq(deliveries.id, attempts.deliveryId))
      .where(eq(attempts.deliveryId, id))
      .orderBy(attempts.attemptNo);
    return rows.map(({ attempt, workspaceId }) => ({
      ...attempt,
      responseExcerpt: contentSeal.open(workspaceId, attempt.responseExcerpt),
    }));
  };

  const call = (endpointId: string, services = harness.services()) =>
    deliver({ services, input: { endpointId, notBefore: null } });

  /** What time would do. */
  const makeDue = (id: string, secondsAgo = 0) =>
    harness.db.execute(
      sql`update deliveries set next_attempt_at = now() - make_interval(secs => ${secondsAgo}::int) where id = ${id}`,
    );

  const secondsUntilNext = async (id: string): Promise<number> => {
    const { rows } = await harness.db.execute(
      sql`select extract(epoch from next_attempt_at - now())::float8 as seconds from deliveries where id = ${id}`,
    );
    return Number(rows[0]?.['seconds']);
  };

  async function endpointOf(deliveryId: string) {
    const { deliveries, webhookEndpoints } = harness.schema;
    const [row] = await harness.db
      .select({ endpoint: webhookEndpoints })
      .from(webhookEndpoints)
      .innerJoin(deliveries, eq(deliveries.endpointId, webhookEndpoints.id))
      .where(eq(deliveries.id, deliveryId));
    if (row === undefined) throw new Error('no endpoint');
    return row.endpoint;
  }

  return {
    newDelivery,
    happen,
    deliveriesTo,
    attemptsOf,
    call,
    makeDue,
    secondsUntilNext,
    endpointOf,
  };
}
