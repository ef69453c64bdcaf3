import { sql } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import { once } from '../../clients.ts';
import type { ObjectStore } from '../../media/object-store.ts';
import { reconcileFleet as lookAfterFleet } from '../../services/fleet/reconcile.ts';
import { ownershipWorld } from '../../services/ownership/testing/world.ts';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import {
  newEndpoint,
  newOwnedSession,
  received,
} from '../../services/reports/testing/report-fixtures.ts';
import { flyApp } from '../../testing/fly.ts';
import type { Harness } from '../../testing/harness.ts';
import type { Stage } from './job-worlds.ts';

const HOUR_MS = 3_600_000;

/** A workspace that two messages of one person have reached. */
async function withMessages(harness: Harness) {
  const session = await newOwnedSession(harness);
  const reports = ['X1', 'X2'].map((wireId) => session.spool(received(wireId)));
  const { runnerId } = session;
  await ingestReports({ services: harness.services(), runnerId, reports });
  return session;
}

export const expireContent: Stage = async (harness) => {
  const { workspaceId } = await withMessages(harness);
  await harness.db.execute(
    sql`update workspaces set content_retention_days = 1 where id = ${workspaceId}`,
  );
  for (const table of ['messages', 'events'])
    await harness.db
      .execute(sql`update ${sql.identifier(table)} set created_at = now() - interval '3 days'
      where workspace_id = ${workspaceId}`);
  const expired = (table: string) =>
    sql`(select count(content_expired_at) from ${sql.identifier(table)} where workspace_id = ${workspaceId})`;
  return {
    read: async () =>
      (
        await harness.db.execute(
          sql`select ${expired('messages')} as messages, ${expired('events')} as events`,
        )
      ).rows,
  };
};

export const resealContent: Stage = async (harness) => {
  const session = await newOwnedSession(harness);
  const id = await newEndpoint(harness, session, { headers: { 'x-clear': 'as it was' } });
  const { contentSeal } = harness.services();
  // Each table is gone through alike: with the others done, a run is short.
  await harness.db.execute(sql`
    insert into content_reseal (table_name, key_version, after, finished_at)
    select name, ${contentSeal.newest}, '', now()
    from unnest(array['messages', 'events', 'attempts', 'sessions', 'leads']) as name
    on conflict (table_name) do update set finished_at = now()`);
  return {
    read: async () =>
      (
        await harness.db.execute(sql`
          select secret like 'whsec%' as clear_secret, headers ->> 'x-clear' = 'as it was' as clear_header
          from webhook_endpoints where id = ${id}`)
      ).rows,
  };
};

export const runErasures: Stage = async (harness) => {
  const { workspaceId } = await withMessages(harness);
  const ids = ['15550100002@c.us', '900@lid'];
  await harness.db
    .insert(harness.schema.erasures)
    .values({ id: newId('erasure'), workspaceId, contactHashes: ['none'], ids });
  return {
    read: async () =>
      (
        await harness.db.execute(sql`
          select status, counts, ids is null as forgotten,
            (select count(erased_at) from messages where workspace_id = e.workspace_id) as messages
          from erasures e where workspace_id = ${workspaceId}`)
      ).rows,
    later: () =>
      harness.db.execute(sql`update erasures set claimed_until = now() - interval '1 second'
        where workspace_id = ${workspaceId} and claimed_until is not null`),
  };
};

/** Other workspaces' objects are not listed: other test files share the storage. */
const onlyOf = (store: ObjectStore, prefix: string): ObjectStore => ({
  ...store,
  list: async (after, limit) => {
    const { objects } = await store.list(after > prefix ? after : prefix, limit);
    const own = objects.filter(({ key }) => key.startsWith(prefix));
    return { objects: own, isTruncated: false };
  },
});

export const reconcileMedia: Stage = async (harness) => {
  const { workspaceId } = await harness.newWorkspace();
  const { objects } = harness.services();
  const unnamed = `${workspaceId}/media/${newId('media')}`;
  const writer = objects.openPut(unnamed, 1, 'text/plain', AbortSignal.timeout(10_000));
  await writer.write(Uint8Array.of(1));
  await writer.close();
  const id = newId('media');
  await harness.db.insert(harness.schema.media).values({
    id,
    workspaceId,
    objectKey: `${workspaceId}/media/${id}`,
    mimetype: 'text/plain',
    sizeBytes: 1,
    sha256: '0',
    createdAt: new Date(Date.now() - 2 * HOUR_MS),
  });
  return {
    read: async () => {
      const body = await objects.read(unnamed);
      await body?.cancel();
      const { rows } = await harness.db.execute(
        sql`select expires_at is null as kept from media where id = ${id}`,
      );
      return { unnamed: body === null ? 'deleted' : 'kept', rows };
    },
    instead: (services) => ({
      objects: onlyOf(services.objects, workspaceId),
      now: () => Date.now() + 2 * HOUR_MS,
    }),
  };
};

/** One database for all of them, beside that of the other jobs: the fleet is that of all sessions. */
const fleetDatabase = once(() => ownershipWorld());

export const reconcileFleet: Stage = async () => {
  const world = await fleetDatabase();
  const { db, schema, harness } = world;
  await db.execute(sql`truncate fleet_machines, fleet_claims, sessions cascade`);
  await world.session();
  const app = flyApp({ RUNNER_MAX_SESSIONS: 1 });
  const services = { ...world.services, env: { ...harness.env, ...app.env }, fleet: app.fleet };
  return {
    read: async () => ({
      machines: (await app.machines()).filter(({ state }) => state !== 'destroyed').length,
      rows: (await db.select().from(schema.fleetMachines)).map(
        ({ machineId }) => machineId !== null,
      ),
    }),
    instead: () => services,
    later: async () => {
      await db.execute(sql`update fleet_claims set claimed_until = now() - interval '1 second'`);
      // After an hour, one run gives up a machine that never answered, and the next asks for another.
      await db.execute(sql`update fleet_machines set created_at = created_at - interval '1 hour'
        where machine_id is null`);
      await lookAfterFleet(services);
    },
  };
};
