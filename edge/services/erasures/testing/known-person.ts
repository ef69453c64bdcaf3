import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { RELAYED_EVENTS, RelayedEvent } from '../../../../shared/catalogue/events/relayed.ts';
import { ADA, personOf } from '../../../../shared/catalogue/person.ts';
import { newId } from '../../../../shared/ids.ts';
import type { Report } from '../../../../shared/protocol/index.ts';
import { type Harness, idOf } from '../../../testing/harness.ts';
import { liveSession } from '../../../testing/live-session.ts';
import { ingestReports } from '../../reports/ingest-reports.ts';
import { ack, newEndpoint, received, settled } from '../../reports/testing/report-fixtures.ts';

/** Who is erased. What leads to them holds their number, their LID, or the word. */
export const PERSON = personOf({ ...ADA, username: 'ada.erasable', name: 'Ada Erasable' });
export const TRACE = '15550100001|555[)] 010-0001|90000000001|[Ee]rasable';
/** Somebody else whom the session knows. */
export const GRACE = personOf({ id: '15550100002@c.us', lid: '90000000002@lid', name: 'Grace' });

const GROUP = '120363012345678901@g.us';

/** A workspace whose session has met the person in every way that there is. */
export async function knownPerson(harness: Harness) {
  const session = await liveSession(harness);
  const { call, workspaceId, apiKey, id: sessionId, runner } = session;
  let spoolSeq = 0;
  const report = (...reports: Report[]) =>
    ingestReports({
      services: harness.services(),
      runnerId: runner.owner.runnerId,
      reports: reports.map((each) => ({
        bootId: 'boot',
        spoolSeq: (spoolSeq += 1),
        sessionId,
        epoch: 1,
        occurredAt: Date.now(),
        report: each,
      })),
    });
  await call('PATCH', '/workspace', { captureLeads: true, stopWords: ['stop'] });
  await newEndpoint(harness, { workspaceId });
  await hear(harness, { workspaceId, sessionId, report });
  const sent = await write({ call, apiKey, harness, report });
  await call('POST', `/presence/${PERSON.id}/subscribe`);
  await report(said('STOP', { text: 'stop' }));
  await echoToWebhook(harness, workspaceId);
  return { ...session, report, ...sent };
}
export type KnownPerson = Awaited<ReturnType<typeof knownPerson>>;

export const said = (wireId: string, changes: Parameters<typeof received>[1] = {}): Report =>
  received(wireId, {
    wireKey: `false_${PERSON.id}_${wireId}`,
    chatId: PERSON.id,
    from: PERSON,
    text: 'an erasable text',
    timestamp: Date.now(),
    ...changes,
  });

/** What the person says and does, and who names them. */
async function hear(
  harness: Harness,
  {
    workspaceId,
    sessionId,
    report,
  }: {
    workspaceId: string;
    sessionId: string;
    report: (...reports: Report[]) => Promise<unknown>;
  },
): Promise<void> {
  const mediaId = newId('media');
  const file = { mimetype: 'application/pdf', filename: 'erasable.pdf', sizeBytes: 3 };
  await harness.db.insert(harness.schema.media).values({
    ...file,
    id: mediaId,
    workspaceId,
    sessionId,
    objectKey: `${workspaceId}/media/${mediaId}`,
    sha256: '00',
  });
  const timestamp = Date.now();
  const inGroup = { chatId: GROUP, isGroup: true };
  const about = { ...inGroup, timestamp, from: PERSON };
  await report(
    said('TEXT'),
    said('FILE', { type: 'document', media: { ...file, mediaId, error: null } }),
    said('GROUP', { ...inGroup, quotedWireId: 'TEXT' }),
    {
      kind: 'message.edited',
      wireId: 'GROUP',
      chatId: GROUP,
      fromMe: false,
      text: 'erasable too',
      timestamp,
    },
    received('GRACE', { from: GRACE, chatId: GRACE.id, text: 'hello from Grace', timestamp }),
    received('NAMES', {
      ...inGroup,
      from: GRACE,
      mentions: [PERSON],
      text: 'hi @90000000001',
      timestamp,
    }),
    received('CHEERS', { ...inGroup, from: GRACE, text: 'cheers', timestamp }),
    { kind: 'message.reaction', wireId: 'CHEERS', fromMe: false, emoji: '👍', ...about },
    { kind: 'message.poll_vote', wireId: 'POLL', options: ['erasable'], ...about },
    ...Object.entries(RELAYED_EVENTS).map(([type, { example }]): Report => {
      const data: unknown = JSON.parse(
        JSON.stringify(example).replaceAll('"Ada"', '"Ada Erasable"'),
      );
      return { kind: 'relayed', key: type, event: RelayedEvent.parse({ type, data }), timestamp };
    }),
  );
}

/** What is written to the person: sent, queued, scheduled and by a bulk. */
async function write({
  call,
  apiKey,
  harness,
  report,
}: Pick<Awaited<ReturnType<typeof liveSession>>, 'call' | 'apiKey'> & {
  harness: Harness;
  report: (...reports: Report[]) => Promise<unknown>;
}) {
  const body = { to: PERSON.phone, text: 'erasable', reference: 'erasable-1' };
  const sent = idOf(
    await harness.call('POST', '/v1/messages/text', {
      key: apiKey,
      body,
      headers: { 'idempotency-key': 'for-15550100001' },
    }),
  );
  const wireId = '3EB0AAAAAAAAAAAAAAAAAA';
  await report(settled(sent, { wireId, wireKey: `true_${PERSON.id}_${wireId}` }), {
    ...ack(wireId, 2),
    wireKey: `true_${PERSON.id}_${wireId}`,
  });
  const queued = idOf(await call('POST', '/messages/text', body));
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const scheduled = idOf(await call('POST', '/messages/text', { ...body, sendAt }));
  const recipients = ['+15550100001', '+1 (555) 010-0001', '+15550100002'].map((to) => ({ to }));
  const bulk = idOf(await call('POST', '/messages/bulk', { text: 'An offer', recipients }));
  return { sent, queued, scheduled, bulk, wireId };
}

/** An endpoint that answers with what it gets. */
async function echoToWebhook(harness: Harness, workspaceId: string): Promise<void> {
  await harness.db.execute(sql`
    insert into attempts (delivery_id, attempt_no, started_at, duration_ms, status_code, response_excerpt)
    select d.id, 1, now(), 1, 200, e.data::text from deliveries d
    join events e on e.workspace_id = d.workspace_id and e.seq = d.event_seq
    where d.workspace_id = ${workspaceId}`);
}

const Found = z.array(z.object({ name: z.string(), row: z.string() }));

export async function tablesOf({ db }: Harness): Promise<string[]> {
  const { rows } = await db.execute(sql`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`);
  return z
    .array(z.object({ name: z.string() }))
    .parse(rows)
    .map(({ name }) => name);
}

/** Every row of the database, as text, that leads to the person; of whatever workspace. */
export async function traces(harness: Harness): Promise<{ name: string; row: string }[]> {
  const searches = (await tablesOf(harness)).map(
    (name) => sql`select ${name}::text as name, found::text as row
      from ${sql.identifier(name)} found where found::text ~ ${TRACE}`,
  );
  const { rows } = await harness.db.execute(
    sql`${sql.join(searches, sql` union all `)} order by 1, 2`,
  );
  return Found.parse(rows);
}
