import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { EVENTS } from '../../../shared/catalogue/events/index.ts';
import { INBOUND_TYPES, MESSAGE_KINDS } from '../../../shared/catalogue/message-kinds.ts';
import { personOf } from '../../../shared/catalogue/person.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { newInbox } from '../../testing/receiver.ts';
import { deliver } from '../deliveries/deliver.ts';
import { newOwnedSession, received, reportWorld } from '../reports/testing/report-fixtures.ts';

const harness = await createHarness();
const { ingest } = reportWorld(harness);

const MARKER = 'pangolin';
/** A coordinate of nowhere else. */
const PLACE = 47.318244;
const MARKERS = [MARKER, String(PLACE), '"🦔"'];

/** Every table and column where one of these words stands, of all that the database has. */
async function findInDump({ db }: Harness, words: readonly string[]): Promise<string[]> {
  const { rows } = await db.execute(sql`
    select table_schema || '.' || table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
  const tables = z.array(z.object({ name: z.string() })).parse(rows);
  expect(tables.length).toBeGreaterThan(25);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows: dump } = await db.execute(sql`select t::text as row from ${sql.raw(name)} t`);
    // A text column doubles the quotes of JSON.
    for (const { row } of z.array(z.object({ row: z.string() })).parse(dump))
      for (const word of words)
        if (row.replaceAll('""', '"').includes(word)) found.push(`${word} in ${name}: ${row}`);
  }
  return found;
}

const SAID: Readonly<Record<string, Record<string, unknown>>> = {
  text: { text: `a ${MARKER}` },
  location: { latitude: PLACE, longitude: 8, name: MARKER, address: MARKER },
  contact: {
    contacts: [{ name: MARKER, phones: ['+15550100002'], emails: [`${MARKER}@x.example`] }],
  },
  poll: { name: MARKER, options: [`${MARKER} 1`, `${MARKER} 2`] },
  image: { ...MESSAGE_KINDS.image.example, caption: MARKER },
  video: { ...MESSAGE_KINDS.video.example, caption: MARKER },
  document: { ...MESSAGE_KINDS.document.example, caption: MARKER },
};

async function setUp() {
  const session = await newOwnedSession(harness);
  const { apiKey: key, sessionId } = session;
  const ask = async (method: string, path: string, body: object) => {
    const answer = await harness.call(method, path, { key, body });
    expect([path, answer.status, answer.error]).toEqual([path, expect.any(Number), undefined]);
    return z.looseObject({ id: z.string() }).parse(answer.data);
  };
  return { session, key, sessionId, ask };
}

test('a dump of the database has nothing of what was sent and received, nor a secret, and the API shows all of it', async () => {
  const { session, key, sessionId, ask } = await setUp();
  const inbox = newInbox();
  await inbox.script({ status: 500, body: `no ${MARKER}` }, { status: 500, body: `no ${MARKER}` });
  const headers = { 'x-token': `${MARKER}-token` };
  const webhook = await ask('POST', '/v1/webhooks', { url: inbox.url, eventTypes: ['*'], headers });
  const secret = String(webhook['secret']);
  await ask('PATCH', `/v1/sessions/${sessionId}`, { rejectCallText: `${MARKER} called` });
  await ask('POST', '/v1/leads', { person: '+15550100009', notes: MARKER });
  const to = '+15550100001';
  for (const kind of Object.keys(MESSAGE_KINDS))
    await ask('POST', `/v1/messages/${kind}`, {
      sessionId,
      to,
      ...(SAID[kind] ?? MESSAGE_KINDS[kind as keyof typeof MESSAGE_KINDS].example),
    });
  const bulk = {
    sessionId,
    type: 'text',
    text: `${MARKER} {{n}}`,
    recipients: [{ to, variables: { n: MARKER } }],
  };
  await ask('POST', '/v1/messages/bulk', bulk);

  const from = personOf({ id: '15550100002@c.us' });
  const about = { wireId: 'IN0', chatId: from.id, timestamp: Date.UTC(2026, 10, 20) };
  const said = {
    text: MARKER,
    location: { latitude: PLACE, longitude: 8, name: MARKER, address: MARKER },
    vcards: [`BEGIN:VCARD\nFN:${MARKER}`],
    poll: { name: MARKER, options: [MARKER], allowMultiple: false },
  };
  const call = { ...EVENTS['call.received'].example, rejected: true };
  const group = { ...EVENTS['group.updated'].example, text: MARKER };
  await ingest(
    session,
    ...INBOUND_TYPES.map((type, index) =>
      session.spool(received(`IN${index}`, { ...said, type, from, chatId: from.id })),
    ),
    session.spool(received('ECHO', { ...said, writtenOn: 'phone' })),
    session.spool({ kind: 'message.edited', ...about, fromMe: false, text: `${MARKER} again` }),
    session.spool({ kind: 'message.reaction', ...about, from, fromMe: false, emoji: '🦔' }),
    session.spool({ kind: 'message.poll_vote', ...about, from, options: [MARKER, 0] }),
    session.spool({
      kind: 'relayed',
      key: 'G',
      event: { type: 'group.updated', data: group },
      timestamp: about.timestamp,
    }),
    session.spool({
      kind: 'relayed',
      key: 'C',
      event: { type: 'call.received', data: call },
      timestamp: about.timestamp,
    }),
    session.spool({ kind: 'session.qr', qr: `2@${MARKER}`, expiresAt: Date.now() + 60_000 }),
  );
  const services = harness.services();
  await deliver({ services, input: { endpointId: webhook.id, notBefore: null } });

  expect(await findInDump(harness, [...MARKERS, secret, secret.slice('whsec_'.length)])).toEqual(
    [],
  );

  const shown = async (path: string) =>
    JSON.stringify((await harness.call('GET', path, { key })).data);
  const everywhere = [
    '/v1/messages',
    '/v1/events',
    '/v1/leads',
    `/v1/sessions/${sessionId}`,
    `/v1/webhooks/${webhook.id}`,
  ];
  for (const path of everywhere) {
    expect(await shown(path)).toContain(MARKER);
    expect(await shown(path)).not.toContain('sealed:');
  }
  for (const word of [String(PLACE), '🦔', `${MARKER} again`, `${MARKER} called`])
    expect(await shown('/v1/messages')).toContain(word);
  const requests = await inbox.received();
  expect(requests.some(({ body }) => body.includes(MARKER))).toBe(true);
  expect(requests[0]?.headers['x-token']).toBe(`${MARKER}-token`);
  expect(await shown(`/v1/webhooks/${webhook.id}/deliveries`)).toContain(`no ${MARKER}`);
});
