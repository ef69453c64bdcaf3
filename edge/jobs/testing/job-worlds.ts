import { type SQL, sql } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import {
  newEndpoint,
  newOutbound,
  newOwnedSession,
  type OwnedSession,
  received,
} from '../../services/reports/testing/report-fixtures.ts';
import { sealProxy } from '../../services/sessions/proxy.ts';
import type { Harness } from '../../testing/harness.ts';

/** Something that a job should have done long ago. */
export type World = {
  /** What is to be seen of it, without ids and times: the same however often, and in whatever parts, it was done. */
  read: () => Promise<unknown>;
  /** What the job gets in place of the real thing. */
  instead?: (services: Services) => Partial<Services>;
  /** Lets the time pass for which a run that was cut off keeps others away. */
  later?: () => Promise<unknown>;
};
export type Stage = (harness: Harness) => Promise<World>;

const DAY_MS = 86_400_000;
const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);

const rowsOf = async ({ db }: Harness, query: SQL): Promise<unknown> =>
  (await db.execute(query)).rows;

const ingest = (
  harness: Harness,
  session: OwnedSession,
  report: Parameters<OwnedSession['spool']>[0],
) =>
  ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: [session.spool(report)],
  });

const statusesAndEvents =
  (harness: Harness, { workspaceId }: OwnedSession) =>
  () =>
    rowsOf(
      harness,
      sql`select array(select status from messages where workspace_id = ${workspaceId} order by status) as statuses,
      array(select type from events where workspace_id = ${workspaceId} order by type) as types`,
    );

const QUEUED = { status: 'queued', claimEpoch: null } as const;

/** An endpoint with two deliveries that wait. */
async function withDeliveries(harness: Harness) {
  const session = await newOwnedSession(harness);
  const endpointId = await newEndpoint(harness, session);
  for (const wireId of ['X1', 'X2']) await ingest(harness, session, received(wireId));
  return { session, endpointId };
}

export const cancelUnwanted: Stage = async (harness) => {
  const { endpointId } = await withDeliveries(harness);
  await harness.db.execute(
    sql`update webhook_endpoints set is_active = false where id = ${endpointId}`,
  );
  return {
    read: () =>
      rowsOf(harness, sql`select status from deliveries where endpoint_id = ${endpointId}`),
  };
};

export const sweepDeliveries: Stage = async (harness) => {
  const { endpointId } = await withDeliveries(harness);
  await harness.db
    .execute(sql`update deliveries set next_attempt_at = ${daysAgo(3).toISOString()}::timestamptz
    where endpoint_id = ${endpointId}`);
  const rung = new Set<string>();
  const at = Date.now();
  return {
    read: () => Promise.resolve(rung.size),
    instead: () => ({
      now: () => at,
      webhookClock: {
        publish: (bells) => {
          // QStash takes two of one reason for one.
          for (const bell of bells) if (bell.endpointId === endpointId) rung.add(bell.reason);
          return Promise.resolve();
        },
        verify: () => Promise.resolve(false),
      },
    }),
  };
};

export const announceDisabled: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  const id = await newEndpoint(harness, session, {
    isActive: false,
    disabledReason: 'no attempt has succeeded for 5 days',
    disabledAt: daysAgo(3),
    unannounced: true,
  });
  return {
    read: () =>
      rowsOf(
        harness,
        sql`select unannounced, (select count(*) from events where workspace_id = e.workspace_id) as events
          from webhook_endpoints e where id = ${id}`,
      ),
  };
};

export const eraseExpiredCredentials: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  await ingest(harness, session, {
    kind: 'session.qr',
    qr: 'code',
    expiresAt: Date.now() - DAY_MS,
  });
  const { workspaceId } = session;
  return {
    read: () =>
      rowsOf(
        harness,
        sql`select data ->> 'qr' as qr from events where workspace_id = ${workspaceId}`,
      ),
  };
};

export const promoteDueMessages: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  for (const days of [2, 3, 1]) {
    const id = await newOutbound(harness, session, QUEUED);
    await harness.db.execute(sql`update messages set queue_seq = null,
      send_at = ${daysAgo(days).toISOString()}::timestamptz, expires_at = now() + interval '1 day' where id = ${id}`);
  }
  const { sessionId } = session;
  return {
    read: () =>
      rowsOf(
        harness,
        sql`select m.queue_seq, s.queue_seq as highest from messages m join sessions s on s.id = m.session_id
          where s.id = ${sessionId} order by m.send_at`,
      ),
  };
};

export const expireQueuedMessages: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  for (const days of [1, 3])
    await newOutbound(harness, session, { ...QUEUED, expiresAt: daysAgo(days) });
  return { read: statusesAndEvents(harness, session) };
};

export const failOptedOut: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  const expiresAt = new Date(Date.now() + DAY_MS);
  for (let n = 0; n < 2; n += 1) await newOutbound(harness, session, { ...QUEUED, expiresAt });
  const { workspaceId } = session;
  await harness.db.insert(harness.schema.optOuts).values({
    id: newId('optOut'),
    workspaceId,
    personId: '15550100001@c.us',
    source: 'stop_word',
  });
  return { read: statusesAndEvents(harness, session) };
};

export const giveUpUnsettled: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  await newOutbound(harness, session, { expiresAt: daysAgo(5) });
  await harness.db
    .execute(sql`update session_leases set lease_until = null, runner_id = null, boot_id = null
    where session_id = ${session.sessionId}`);
  return { read: statusesAndEvents(harness, session) };
};

export const giveUpPendingMedia: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  await ingest(harness, session, received('M1'));
  const media = { mimetype: 'image/png', filename: null, sizeBytes: 5 };
  await harness.db
    .execute(sql`update messages set media_pending_since = ${daysAgo(3).toISOString()}::timestamptz,
    content = content || ${JSON.stringify({ media })}::jsonb where session_id = ${session.sessionId}`);
  return { read: statusesAndEvents(harness, session) };
};

export const noteStalledMessages: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  await newOutbound(harness, session, { status: 'sent', sentAt: daysAgo(1) });
  return { read: statusesAndEvents(harness, session) };
};

export const noteUnseenPhones: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  await harness.db.execute(sql`update sessions set phone_number = '15550100009',
    phone_seen_at = ${daysAgo(20).toISOString()}::timestamptz where id = ${session.sessionId}`);
  return { read: statusesAndEvents(harness, session) };
};

export const settleStopped: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  await harness.db
    .execute(sql`update session_leases set desired = 'stopped', lease_until = null, runner_id = null,
    boot_id = null where session_id = ${session.sessionId}`);
  return { read: statusesAndEvents(harness, session) };
};

export const resealProxies: Stage = async (harness) => {
  const { workspaceId, sessionId } = await newOwnedSession(harness);
  const [newest, ...more] = harness.env.SESSION_ENCRYPTION_KEY;
  if (newest === undefined) throw new Error('no master key');
  const old = { ...newest, version: 'v0' };
  const facts = { workspaceId, sessionId };
  const sealed = await sealProxy({ url: 'http://proxy.example:8080' }, facts, [old]);
  await harness.db.execute(
    sql`update sessions set proxy_sealed = ${sealed} where id = ${sessionId}`,
  );
  return {
    read: () =>
      rowsOf(
        harness,
        sql`select split_part(proxy_sealed, ':', 1) as key from sessions where id = ${sessionId}`,
      ),
    instead: ({ env }) => ({ env: { ...env, SESSION_ENCRYPTION_KEY: [newest, ...more, old] } }),
  };
};

export const noteCronRound: Stage = async (harness) => {
  await harness.db
    .execute(sql`insert into cron_rounds (name, started_at) values ('minute', now() - interval '3 days')
    on conflict (name) do update set started_at = excluded.started_at`);
  return {
    read: () =>
      rowsOf(
        harness,
        sql`select started_at > now() - interval '1 hour' as is_known from cron_rounds`,
      ),
  };
};
