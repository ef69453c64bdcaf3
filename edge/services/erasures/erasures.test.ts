import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { ServiceContext } from '../../context.ts';
import { createDatabase, type Database } from '../../db/client.ts';
import { newId } from '../../../shared/ids.ts';
import { createHarness, idOf } from '../../testing/harness.ts';
import { removeMedia } from '../media/remove-media.ts';
import { getErasure } from './get-erasure.ts';
import { runErasures } from './run-erasures.ts';
import {
  GRACE,
  knownPerson,
  type KnownPerson,
  PERSON,
  tablesOf,
  traces,
} from './testing/known-person.ts';

const harness = await createHarness();

/** Tables that tell of people whom a workspace is in touch with. A new table belongs here, with its rows erased, or to the others. */
const TELLING = [
  'attempts',
  'audit_log',
  'bulks',
  'events',
  'idempotency',
  'leads',
  'media',
  'messages',
  'opt_outs',
  'person_ids',
  'sessions',
];
const OTHERS = [
  // Hashes, and the ids for as long as the work takes.
  'erased_opt_outs',
  'erasures',
  // Go with their events, and name nobody.
  'deliveries',
  'message_stats',
  'webhook_health',
  // What the workspace itself is, and the platform.
  'api_keys',
  'auth_accounts',
  'auth_sessions',
  'auth_verifications',
  'content_reseal',
  'cron_rounds',
  'fleet_claims',
  'fleet_machines',
  'fleet_state',
  'invitations',
  'lease_history',
  'media_reconciliation',
  'media_uploads',
  'members',
  'metric_totals',
  'runners',
  'session_credentials',
  'session_leases',
  'session_log',
  'users',
  'webhook_endpoints',
  'workspaces',
];

/** Lets the clean-up of files come, and the erasures after it. */
async function cleanUp(): Promise<void> {
  await cleanUpFiles();
  await runErasures(harness.services());
}

const erase = (person: KnownPerson, contact = '@Ada.Erasable') =>
  person.call('POST', '/erasures', { contact });

test('nothing in the database leads to somebody who was erased, and nobody else has lost anything', async () => {
  expect(
    (await tablesOf(harness)).filter((name) => !TELLING.includes(name) && !OTHERS.includes(name)),
  ).toEqual([]);
  await knownPerson(harness);
  const ofOthers = await traces(harness);
  const person = await knownPerson(harness);
  const { call } = person;
  const before = await traces(harness);
  const rows = new Set(ofOthers.map(({ row }) => row));
  const own = before.filter(({ row }) => !rows.has(row));
  expect([...new Set(own.map(({ name }) => name))]).toEqual(TELLING);

  const asked = await erase(person);
  expect(asked).toMatchObject({ status: 202, data: { status: expect.any(String) } });
  await cleanUp();
  expect((await call('GET', `/erasures/${idOf(asked)}`)).data).toMatchObject({
    status: 'done',
    createdBy: expect.stringMatching(/^key_/),
    counts: {
      messages: 10,
      files: 1,
      leads: 1,
      optOuts: 1,
      people: 1,
      bulks: 1,
      presenceSubscriptions: 1,
    },
  });
  expect(await traces(harness)).toEqual(ofOthers);

  const graces = (await call('GET', '/messages?chatId=%2B15550100002')).data;
  expect(graces).toMatchObject([
    { direction: 'outbound', status: 'queued', erasedAt: null },
    { content: { text: 'hello from Grace' }, from: { id: GRACE.id }, erasedAt: null },
  ]);
  expect((await call('GET', '/leads')).data).toMatchObject([{ person: { id: GRACE.id } }]);
});

test('a message keeps its status and times, and what had not been sent is cancelled', async () => {
  const person = await knownPerson(harness);
  const { call, sent, queued, scheduled } = person;
  await erase(person, PERSON.lid ?? '');
  const erased = { chatId: 'erased', content: {}, reference: null, erasedAt: expect.any(String) };
  expect((await call('GET', `/messages/${sent}`)).data).toMatchObject({
    ...erased,
    status: 'delivered',
    deliveredAt: expect.any(String),
  });
  for (const id of [queued, scheduled])
    expect((await call('GET', `/messages/${id}`)).data).toMatchObject({
      ...erased,
      status: 'failed',
      error: { code: 'CANCELLED' },
    });
  const { data: events } = await call('GET', '/events?types=message.failed');
  expect(events).toHaveLength(3);
  expect(events).toContainEqual(
    expect.objectContaining({
      data: expect.objectContaining({ messageId: scheduled, chatId: 'erased', reference: null }),
    }),
  );
  const cannot = { status: 409, error: { details: { reason: 'erased' } } };
  expect(await call('POST', `/messages/${sent}/react`, { emoji: '👍' })).toMatchObject(cannot);
  expect(await call('POST', `/messages/${sent}/forward`, { to: GRACE.phone })).toMatchObject(
    cannot,
  );
  expect((await call('POST', `/messages/${sent}/reply`, { text: 'Hi' })).status).toBe(404);
});

test('a file is gone from the storage as well', async () => {
  const person = await knownPerson(harness);
  const { media } = harness.schema;
  const [file] = await harness.db
    .select()
    .from(media)
    .where(eq(media.workspaceId, person.workspaceId));
  const key = file?.objectKey ?? '';
  const { objects } = harness.services();
  const writer = objects.openPut(key, 3, 'application/pdf', AbortSignal.timeout(10_000));
  await writer.write(new TextEncoder().encode('Ada'));
  await writer.close();
  const stored = async () => {
    const body = await objects.read(key);
    return body === null ? null : new Response(body).text();
  };
  expect(await stored()).toBe('Ada');
  await erase(person);
  await cleanUp();
  expect(await stored()).toBeNull();
});

/** A context of the person's workspace. */
const contextOf = async (
  { workspaceId }: KnownPerson,
  db: Database = harness.db,
): Promise<ServiceContext> => ({
  ...(await harness.newWorkspace()).ctx,
  workspaceId,
  db,
});

/** Erases the person in runs that may all die. @returns how many did, and the record */
async function eraseInRuns(ctx: ServiceContext): Promise<{ deaths: number; record: object }> {
  const id = newId('erasure');
  await harness.db.insert(harness.schema.erasures).values({
    id,
    workspaceId: ctx.workspaceId,
    contactHashes: ['hash'],
    ids: [PERSON.id, PERSON.lid ?? ''],
  });
  for (let deaths = 0, runs = 0; runs < 60; runs += 1) {
    await runErasures(ctx).catch(() => (deaths += 1));
    await harness.db.execute(sql`update erasures set claimed_until = null where id = ${id}`);
    await cleanUpFiles();
    const { status, counts } = await getErasure({ ctx, input: { id } });
    if (status === 'done') return { deaths, record: { status, counts } };
  }
  throw new Error('the erasure is not done');
}

/** Both ways in which a run can die in the middle of a step. @returns a database for it */
const DEATHS: Readonly<Record<string, () => Promise<Database>>> = {
  'the step was made, and nobody learned of it': async () => {
    const { DATABASE_URL: url, DATABASE_HTTP_URL: httpUrl = '' } = harness.env;
    const tap = await harness.tap(new URL(httpUrl).origin, { loseAnswersTo: 'moved as (' });
    return createDatabase({ url, httpUrl: `${tap.url}/sql` });
  },
  'half of the step was made, and is undone': async () => {
    await harness.db.execute(sql.raw('create sequence turns'));
    await harness.db.execute(
      sql.raw(`create function die() returns trigger language plpgsql as
        $$ begin if nextval('turns') % 2 = 0 then raise exception 'killed'; end if; return new; end $$`),
    );
    await harness.db.execute(
      sql.raw(
        'create trigger die before update of part on erasures for each row execute function die()',
      ),
    );
    return harness.db;
  },
};

test.each(Object.entries(DEATHS))(
  'an erasure that is killed over and over comes to the same end: %s',
  async (_how, die) => {
    const whole = await eraseInRuns(await contextOf(await knownPerson(harness)));
    expect(whole).toMatchObject({ deaths: 0, record: { status: 'done' } });
    const person = await knownPerson(harness);
    const killed = await eraseInRuns(await contextOf(person, await die()));
    await harness.db.execute(sql`drop function if exists die cascade`);
    expect(killed.deaths).toBeGreaterThanOrEqual(4);
    expect(killed.record).toEqual(whole.record);
  },
  60_000,
);

async function cleanUpFiles(): Promise<void> {
  await harness.db.execute(
    sql`update media set expires_at = expires_at - interval '2 minutes' where expires_at is not null`,
  );
  await removeMedia(harness.services());
}
