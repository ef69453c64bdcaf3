import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { EVENTS } from '../../shared/catalogue/events/index.ts';
import { newId } from '../../shared/ids.ts';
import { createHarness, type Harness } from '../testing/harness.ts';

/** Tables that outlive a workspace: people with their logins, the fleet, the operator’s counters, and the audit log. */
const OUTLIVING = [
  'users',
  'auth_sessions',
  'auth_accounts',
  'auth_verifications',
  'runners',
  'fleet_state',
  'fleet_claims',
  'fleet_machines',
  'media_reconciliation',
  'metric_totals',
  'content_reseal',
  'cron_rounds',
  // Sealed, and without a session nobody's: the purge takes them with their objects.
  'session_credentials',
];

const Rows = z.array(z.object({ name: z.string(), rows: z.coerce.number() }));

/** How many rows each table has, whatever they say; the databases of these tests hold one workspace. */
async function countRows({ db }: Harness): Promise<Record<string, number>> {
  const { rows: tables } = await db.execute(
    sql`select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
  const names = z.array(z.object({ name: z.string() })).parse(tables);
  const counted = names.map(
    ({ name }) => sql`select ${name}::text as name, count(*) as rows from ${sql.identifier(name)}`,
  );
  const { rows } = await db.execute(sql.join(counted, sql` union all `));
  return Object.fromEntries(Rows.parse(rows).map(({ name, rows: count }) => [name, count]));
}

/** One row or more in every table, all of one workspace. */
async function fill({ db, schema, newUser, newSession, newKey }: Harness) {
  const user = await newUser();
  const { workspaceId } = user;
  await newKey(workspaceId);
  const { id: sessionId } = await newSession({
    workspaceId,
    owner: { runnerId: 'runner-1', bootId: 'boot-1', url: 'http://runner.test' },
    isDefault: true,
  });
  const [messageId, endpointId, deliveryId] = [
    newId('message'),
    newId('webhook'),
    newId('delivery'),
  ];
  const common = { workspaceId, sessionId };
  await db.insert(schema.leaseHistory).values({
    sessionId,
    epoch: 1,
    runnerId: 'runner-1',
    bootId: 'boot-1',
    cause: 'start',
  });
  await db.insert(schema.sessionLog).values({ sessionId, status: 'online', reason: 'test' });
  await db.insert(schema.personIds).values({ sessionId, lid: '9@lid', chatId: '9@lid' });
  await db.insert(schema.messages).values({
    ...common,
    id: messageId,
    direction: 'outbound',
    chatId: '15550100001@c.us',
    type: 'text',
    content: { type: 'text', text: 'private' },
    status: 'queued',
    statusRank: 0,
    queueSeq: 1,
  });
  await db.insert(schema.messageStats).values({ ...common, day: '2026-11-21', type: 'text' });
  await db.insert(schema.media).values({
    ...common,
    id: newId('media'),
    objectKey: 'key',
    mimetype: 'image/png',
    sizeBytes: 1,
    sha256: 'hash',
  });
  await db.insert(schema.mediaUploads).values({
    id: newId('media'),
    workspaceId,
    objectKey: 'key',
    sizeBytes: 1,
    expiresAt: new Date(),
  });
  await db.insert(schema.idempotency).values({
    workspaceId,
    messageId,
    route: 'sendText',
    idempotencyKey: 'once',
    bodyHash: 'hash',
    expiresAt: new Date(),
  });
  const person = { workspaceId, personId: '15550100001@c.us', source: 'api' as const };
  await db.insert(schema.optOuts).values({ id: newId('optOut'), ...person });
  await db.insert(schema.leads).values({ id: newId('lead'), ...person });
  const erasureId = newId('erasure');
  await db
    .insert(schema.erasures)
    .values({ id: erasureId, workspaceId, contactHashes: ['hash'], ids: ['9@lid'] });
  await db.insert(schema.erasedOptOuts).values({ workspaceId, personHash: 'hash', erasureId });
  await db.insert(schema.bulks).values({
    id: newId('bulk'),
    ...common,
    type: 'text',
    recipients: 0,
    leftOut: [],
  });
  await db.insert(schema.webhookEndpoints).values({
    id: endpointId,
    workspaceId,
    url: 'https://example.com',
    secret: 'whsec_c2VjcmV0',
    eventTypes: ['*'],
  });
  await db.insert(schema.webhookHealth).values({
    endpointId,
    hour: new Date(),
    latencyClass: 0,
    succeeded: 1,
    failed: 0,
  });
  const occurredAt = new Date();
  await db.insert(schema.events).values({
    ...common,
    id: newId('event'),
    seq: 1,
    type: 'message.received',
    data: EVENTS['message.received'].example,
    occurredAt,
  });
  await db.insert(schema.deliveries).values({
    id: deliveryId,
    workspaceId,
    endpointId,
    eventSeq: 1,
    eventName: 'message.received',
  });
  await db
    .insert(schema.attempts)
    .values({ deliveryId, attemptNo: 1, startedAt: occurredAt, durationMs: 1 });
  await db.insert(schema.invitations).values({
    id: newId('invitation'),
    workspaceId,
    email: 'guest@example.com',
    role: 'member',
    tokenSha256: 'hash',
    expiresAt: occurredAt,
  });
  await db.insert(schema.auditLog).values({
    id: newId('audit'),
    workspaceId,
    kind: 'security',
    action: 'test',
    actorType: 'none',
  });
  return user;
}

test('a workspace that is deleted leaves nothing but the audit log, without its name', async () => {
  const harness = await createHarness();
  const { db, schema } = harness;
  const { workspaceId, userId } = await fill(harness);
  const before = await countRows(harness);
  const filled = Object.keys(before).filter((name) => !OUTLIVING.includes(name));
  for (const name of filled) expect(before[name], name).toBeGreaterThan(0);

  await db.execute(sql`delete from workspaces where id = ${workspaceId}`);

  const after = await countRows(harness);
  for (const name of filled) expect(after[name], name).toBe(name === 'audit_log' ? 1 : 0);
  expect(await db.query.auditLog.findMany()).toMatchObject([{ workspaceId: null }]);
  const person = await db.query.users.findFirst({ where: eq(schema.users.id, userId) });
  expect(person).toMatchObject({ workspaceId: null });
});
