import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES, subscribedName } from '../../shared/catalogue/events/index.ts';
import { LIMITS } from '../../shared/catalogue/limits.ts';
import type { SpooledReport } from '../../shared/protocol/index.ts';
import { createHarness, type Harness } from '../testing/harness.ts';
import { testWebhook } from '../services/webhooks/test-webhook.ts';
import { ingestReports } from '../services/reports/ingest-reports.ts';
import { subscribedNameSql } from './subscribed-name.ts';
import {
  newEndpoint,
  newOwnedSession,
  type OwnedSession,
  received,
} from '../services/reports/testing/report-fixtures.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const ingest = (session: OwnedSession, ...reports: SpooledReport[]) =>
  ingestReports({ services: harness.services(), runnerId: session.runnerId, reports });

const eventsOf = ({ workspaceId }: OwnedSession) =>
  harness.db
    .select()
    .from(harness.schema.events)
    .where(eq(harness.schema.events.workspaceId, workspaceId))
    .orderBy(asc(harness.schema.events.seq));

const SUBSCRIPTIONS = [
  ['*'],
  ['message.*'],
  ['session.*', 'message.sent'],
  ['message.sent', 'message_sent', '*'],
  ['message_sent', 'message.sent'],
  ['*', 'message_read', 'message_received'],
  ['webhook.test'],
  ['unheard.of', '.*', '*.*', 'message'],
];

describe('subscribedNameSql', () => {
  it.each(SUBSCRIPTIONS.map((names) => [names]))(
    'agrees with subscribedName for %j',
    async (names) => {
      const types = sql.param([...EVENT_TYPES]);
      const { rows } = await harness.db.execute(sql`
      select kind as type, ${subscribedNameSql(sql`${sql.param(names)}::text[]`, sql`kind`)} as name
      from unnest(${types}::text[]) as kind`);
      expect(rows).toEqual(
        EVENT_TYPES.map((type) => ({ type, name: subscribedName(names, type) ?? null })),
      );
    },
  );
});

describe('events of single statements', () => {
  it('are numbered without a gap by 20 concurrent writers', async () => {
    const { ctx, workspaceId } = await harness.newWorkspace();
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const id = await newEndpoint(harness, { workspaceId }, { url: 'http://127.0.0.1:9/' });
        await testWebhook({ ctx, input: { id, type: null } });
      }),
    );
    const { rows } = await harness.db.execute(
      sql`select seq from events where workspace_id = ${workspaceId} order by seq`,
    );
    expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });
});

describe('the outbox', () => {
  it('holds one delivery per active endpoint that asked for the type and the session, by its own name', async () => {
    const session = await newOwnedSession(harness);
    const other = await harness.newSession({ workspaceId: session.workspaceId });
    const wanted = {
      [await newEndpoint(harness, session)]: 'message.received',
      [await newEndpoint(harness, session, { eventTypes: ['message.*'] })]: 'message.received',
      [await newEndpoint(harness, session, { eventTypes: ['*', 'message_received'] })]:
        'message_received',
      [await newEndpoint(harness, session, { sessionIds: [session.sessionId] })]:
        'message.received',
    };
    await newEndpoint(harness, session, {
      eventTypes: ['session.*', 'message_read', 'message.sent'],
    });
    await newEndpoint(harness, session, { sessionIds: [other.id] });
    await newEndpoint(harness, session, { isActive: false });
    await newEndpoint(harness, await newOwnedSession(harness));
    await ingest(session, session.spool(received('I1')));
    const { deliveries } = harness.schema;
    const rows = await harness.db
      .select()
      .from(deliveries)
      .where(and(eq(deliveries.workspaceId, session.workspaceId), eq(deliveries.eventSeq, 1)));
    expect(Object.fromEntries(rows.map((row) => [row.endpointId, row.eventName]))).toEqual(wanted);
    expect(rows.every((row) => /^dlv_[0-9a-hjkmnp-tv-z]{26}$/.test(row.id))).toBe(true);
  });
});

describe('an endpoint with as many pending deliveries as it can have', () => {
  it('gets the next event as a failed delivery, and those after it again when one has ended', async () => {
    const session = await newOwnedSession(harness);
    const { workspaceId } = session;
    const endpointId = await newEndpoint(harness, session);
    const other = await newEndpoint(harness, session);
    const { limit } = LIMITS.pendingDeliveries;
    const data = JSON.stringify({ webhookId: endpointId, message: 'This is a test from Waypost.' });
    await harness.db.execute(sql`
      with counted as (update workspaces set event_seq = ${limit} where id = ${workspaceId} returning id),
      event as (
        insert into events (workspace_id, seq, id, type, data, occurred_at)
        select id, n, 'evt_' || id || n, 'webhook.test', ${data}::jsonb, now()
        from counted, generate_series(1, ${limit}::int) n
        returning workspace_id, seq
      )
      insert into deliveries (id, workspace_id, endpoint_id, event_seq, event_name)
      select 'dlv_' || workspace_id || seq, workspace_id, ${endpointId}, seq, 'webhook.test' from event`);

    await ingest(session, session.spool(received('P1')));
    await harness.db.execute(
      sql`update deliveries set status = 'delivered' where id = ${`dlv_${workspaceId}1`}`,
    );
    await ingest(session, session.spool(received('P2')));
    const { deliveries } = harness.schema;
    const newestOf = (id: string) =>
      harness.db
        .select()
        .from(deliveries)
        .where(and(eq(deliveries.endpointId, id), gt(deliveries.eventSeq, limit)))
        .orderBy(asc(deliveries.eventSeq));
    expect(await newestOf(endpointId)).toMatchObject([
      {
        status: 'failed',
        attemptNo: 0,
        lastError: 'not attempted: the endpoint already had 10,000 pending deliveries',
        finishedAt: expect.any(Date),
      },
      { status: 'pending' },
    ]);
    expect(await newestOf(other)).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
  });
});

describe('a test key’s endpoint', () => {
  it('gets events of sandbox sessions only', async () => {
    const session = await newOwnedSession(harness);
    const live = await harness.newSession({ workspaceId: session.workspaceId, mode: 'live' });
    const endpointId = await newEndpoint(harness, session, { mode: 'test' });
    await ingest(
      session,
      session.spool(received('T1'), { sessionId: live.id }),
      session.spool(received('T2')),
    );
    const { deliveries } = harness.schema;
    const rows = await harness.db
      .select()
      .from(deliveries)
      .where(eq(deliveries.endpointId, endpointId));
    expect(rows).toMatchObject([{ eventSeq: 2 }]);
  });
});

describe('the order of events', () => {
  it('is the order of commits: a reader under 20 concurrent writers sees every seq in order, none skipped', async () => {
    const session = await newOwnedSession(harness);
    const writers = 20;
    const each = 5;
    const written = { all: false };
    const seen: number[] = [];
    const { events } = harness.schema;
    const readNew = async () => {
      const rows = await eventsOf(session);
      for (const { seq } of rows) if (seq > (seen.at(-1) ?? 0)) seen.push(seq);
    };
    const reader = (async () => {
      while (!written.all) await readNew();
    })();
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let index = 0; index < each; index += 1)
          await ingest(session, session.spool(received(`J${writer}-${index}`)));
      }),
    );
    written.all = true;
    await reader;
    await readNew();
    expect(seen).toEqual(Array.from({ length: writers * each }, (_, index) => index + 1));
    expect(await harness.db.$count(events, eq(events.workspaceId, session.workspaceId))).toBe(
      writers * each,
    );
  });
});
