import { sql } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import {
  newEndpoint,
  newOutbound,
  newOwnedSession,
  received,
} from '../../services/reports/testing/report-fixtures.ts';
import type { Harness } from '../../testing/harness.ts';
import type { Stage } from './job-worlds.ts';

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

/** How many rows of these are left. */
const left = (harness: Harness, count: ReturnType<typeof sql>) => async () =>
  (await harness.db.execute(sql`select (${count}) as left`)).rows;

export const forgetIdempotencyKeys: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  const { workspaceId } = session;
  await harness.db.insert(harness.schema.idempotency).values({
    workspaceId,
    route: 'sendText',
    idempotencyKey: 'k',
    bodyHash: 'h',
    messageId: await newOutbound(harness, session),
    expiresAt: daysAgo(3),
  });
  const mine = sql`select count(*) from idempotency where workspace_id = ${workspaceId}`;
  return { read: left(harness, mine) };
};

export const purgeCredentials: Stage = async (harness) => {
  const { workspaceId, sessionId } = await newOwnedSession(harness);
  const copy = { epoch: 1, format: 'test', seal: 1, sizeBytes: 1, wrappedKey: 'none' };
  await harness.db.insert(harness.schema.sessionCredentials).values(
    [1, 2].map((version) => ({
      ...copy,
      objectKey: `${workspaceId}/credentials/${sessionId}/${version}`,
      sessionId,
      workspaceId,
      version,
      baseVersion: 0,
      status: 'discarded' as const,
      masterKeyVersion: 'v1',
      createdAt: daysAgo(30),
    })),
  );
  const mine = sql`select count(*) from session_credentials where session_id = ${sessionId}`;
  return { read: left(harness, mine) };
};

export const forgetExpiredLogins: Stage = async (harness) => {
  const id = crypto.randomUUID();
  await harness.db.execute(sql`insert into auth_verifications (id, identifier, value, expires_at)
    values (${id}, ${id}, 'none', ${daysAgo(3).toISOString()}::timestamptz)`);
  return { read: left(harness, sql`select count(*) from auth_verifications where id = ${id}`) };
};

export const forgetOldAudit: Stage = async (harness) => {
  const id = newId('audit');
  await harness.db.insert(harness.schema.auditLog).values({
    id,
    kind: 'request',
    action: 'getMe',
    actorType: 'none',
    createdAt: daysAgo(500),
  });
  return { read: left(harness, sql`select count(*) from audit_log where id = ${id}`) };
};

export const forgetOldHistory: Stage = async (harness) => {
  const { sessionId } = await newOwnedSession(harness);
  // The last state of that time stays.
  await harness.db.insert(harness.schema.sessionLog).values(
    [200, 195, 190].map((days) => ({
      sessionId,
      status: 'online',
      reason: 'test',
      at: daysAgo(days),
    })),
  );
  return {
    read: left(harness, sql`select count(*) from session_log where session_id = ${sessionId}`),
  };
};

export const forgetOldEvents: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  const { workspaceId, runnerId, spool } = session;
  await newEndpoint(harness, session);
  const reports = ['X1', 'X2'].map((wireId) => spool(received(wireId)));
  await ingestReports({ services: harness.services(), runnerId, reports });
  await harness.db
    .execute(sql`update events set created_at = ${daysAgo(60).toISOString()}::timestamptz
    where workspace_id = ${workspaceId}`);
  await harness.db.execute(
    sql`update deliveries set status = 'delivered' where workspace_id = ${workspaceId}`,
  );
  return {
    read: async () =>
      (
        await harness.db.execute(sql`
          select events_pruned_to, (select count(*) from events where workspace_id = w.id) as events,
            (select count(*) from deliveries where workspace_id = w.id) as deliveries
          from workspaces w where id = ${workspaceId}`)
      ).rows,
  };
};

export const forgetOldHealth: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  const endpointId = await newEndpoint(harness, session);
  await harness.db.insert(harness.schema.webhookHealth).values({
    endpointId,
    hour: daysAgo(3),
    latencyClass: 1,
    succeeded: 1,
    failed: 0,
  });
  const mine = sql`select count(*) from webhook_health where endpoint_id = ${endpointId}`;
  return { read: left(harness, mine) };
};

export const forgetUnusedHooks: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  const change = { hookKey: crypto.randomUUID(), isActive: false, disabledAt: daysAgo(30) };
  const id = await newEndpoint(harness, session, change);
  return { read: left(harness, sql`select count(*) from webhook_endpoints where id = ${id}`) };
};

/** Two files that have been there for ten days. */
async function withFiles(harness: Harness, expiresAt: Date | null) {
  const { workspaceId } = await harness.newWorkspace();
  const file = { mimetype: 'text/plain', sizeBytes: 5, sha256: '0', createdAt: daysAgo(10) };
  const ids = [newId('media'), newId('media')];
  await harness.db.insert(harness.schema.media).values(
    ids.map((id) => ({
      ...file,
      id,
      workspaceId,
      objectKey: `${workspaceId}/media/${id}`,
      expiresAt,
    })),
  );
  return workspaceId;
}

export const expireMedia: Stage = async (harness) => {
  const workspaceId = await withFiles(harness, null);
  await harness.db.execute(sql`update workspaces set media_retention_hours = 24,
    next_cleanup_at = ${daysAgo(3).toISOString()}::timestamptz where id = ${workspaceId}`);
  return {
    read: async () =>
      (
        await harness.db.execute(sql`
          select next_cleanup_at > now() as ahead,
            (select count(*) from media where workspace_id = w.id and expires_at <= now()) as expired
          from workspaces w where id = ${workspaceId}`)
      ).rows,
  };
};

export const removeMedia: Stage = async (harness) => {
  const workspaceId = await withFiles(harness, daysAgo(3));
  const mine = sql`select count(*) from media where workspace_id = ${workspaceId}`;
  return { read: left(harness, mine) };
};

export const removeUploads: Stage = async (harness) => {
  const { workspaceId } = await harness.newWorkspace();
  const id = newId('media');
  await harness.db.insert(harness.schema.mediaUploads).values({
    id,
    workspaceId,
    objectKey: `${workspaceId}/uploads/${id}`,
    sizeBytes: 5,
    expiresAt: daysAgo(3),
  });
  return { read: left(harness, sql`select count(*) from media_uploads where id = ${id}`) };
};
