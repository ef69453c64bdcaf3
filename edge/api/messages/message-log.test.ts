import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import { messagesWhere, pageOfMessages } from '../../services/messages/message-filter.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { filterOf } from './filter.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

type Row = Harness['schema']['messages']['$inferInsert'];

const ADA = '15550100002@c.us';
const ADAS_LID = '90000000007@lid';

/** Messages of two sessions, a day apart each; the newest are the last of this list. */
async function setUp() {
  const { workspaceId, apiKey, ctx } = await harness.newWorkspace();
  const { db, schema } = harness;
  const [first, second] = [
    await harness.newSession({ workspaceId }),
    await harness.newSession({ workspaceId }),
  ];
  const message = (n: number, change: Partial<Row>): Row => ({
    id: newId('message'),
    workspaceId,
    sessionId: first.id,
    direction: 'outbound',
    chatId: '15550100001@c.us',
    type: 'text',
    content: { type: 'text', text: `n${n}` },
    status: 'sent',
    statusRank: 4,
    createdAt: new Date(Date.UTC(2026, 10, n)),
    ...change,
  });
  await db
    .insert(schema.messages)
    .values([
      message(1, { status: 'failed', statusRank: 3 }),
      message(2, { direction: 'inbound', fromId: ADA, chatId: ADAS_LID, type: 'image' }),
      message(3, { sessionId: second.id, chatId: ADA }),
      message(4, { sessionId: second.id, content: { type: 'text', text: '=1+1,"two"\nlines' } }),
    ]);
  await db
    .insert(schema.personIds)
    .values({ sessionId: first.id, lid: ADAS_LID, phoneId: ADA, chatId: ADAS_LID });
  const call = (path: string) => harness.call('GET', `/v1/messages${path}`, { key: apiKey });
  const file = async (query: string) =>
    harness.request('GET', `/v1/messages/export?${query}`, { key: apiKey });
  /** Numbered messages from one person, three in each millisecond. */
  const receive = (from: number, to: number) =>
    db.execute(sql`
      insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, created_at)
      select 'msg_' || lpad(to_hex(hashtext(${workspaceId})), 10, '0') || lpad(n::text, 16, '0'), ${workspaceId},
        ${second.id}, 'inbound', '15550100077@c.us', 'text', '{"text":"hi"}', 'delivered', 5,
        now() - interval '1 day' + n / 3 * interval '1 ms'
      from generate_series(${from}::int, ${to}::int) n`);
  return { ctx, workspaceId, second, call, file, receive };
}
const Listed = z.array(z.looseObject({ createdAt: z.iso.datetime() }));
const daysOf = (data: unknown) => Listed.parse(data).map(({ createdAt }) => createdAt.slice(8, 10));

const FILTERS: [query: string, days: string[]][] = [
  ['', ['04', '03', '02', '01']],
  ['since=2026-11-02T00:00:00Z&until=2026-11-04T00:00:00Z', ['03', '02']],
  ['status=failed', ['01']],
  ['direction=inbound', ['02']],
  ['type=image', ['02']],
  ['chatId=%2B15550100002', ['03', '02']],
  [`chatId=${ADAS_LID}&direction=inbound`, ['02']],
  ['chatId=15550100001@c.us&type=text&status=sent', ['04']],
  ['chatId=%2B15550100009', []],
];

describe.each(FILTERS)('the filter "%s"', (query, days) => {
  test('narrows the list and the export', async () => {
    const { call, file } = await setUp();
    expect(daysOf((await call(`?${query}`)).data)).toEqual(days);
    const lines = (await (await file(`format=jsonl&${query}`)).text()).split('\n').slice(0, -1);
    expect(daysOf(lines.map((line) => JSON.parse(line)))).toEqual(days);
  });
});

test('a page is followed by the next one with the same filters', async () => {
  const { call, second } = await setUp();
  const query = `?sessionId=${second.name}&limit=1`;
  const { data, meta } = await call(query);
  const next = await call(`${query}&cursor=${String(meta.nextCursor)}`);
  expect([...daysOf(data), ...daysOf(next.data)]).toEqual(['04', '03']);
  expect(next.meta.nextCursor).toBeNull();
});

describe('the export', () => {
  test('is CSV that a spreadsheet shows and does not run', async () => {
    const { file } = await setUp();
    const response = await file('since=2026-11-04T00:00:00Z');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; .*[.]csv"$/);
    const [head, ...rest] = (await response.text()).split('\r\n');
    expect(head).toBe(
      'id,createdAt,sessionId,direction,chatId,type,status,reference,bulkId,wireId,quotedMessageId,mediaId,writtenOn,sendAt,sentAt,deliveredAt,readAt,playedAt,failedAt,fromId,fromName,errorCode,text,content',
    );
    expect(rest.join('\r\n')).toContain(`,"'=1+1,""two""\nlines",`);
  });

  test('has a message on each line as the list shows it', async () => {
    const { call, file } = await setUp();
    const response = await file('format=jsonl');
    expect(response.headers.get('content-type')).toBe('application/jsonl');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual((await call('')).data);
  });

  test('is read page by page, as its reader takes it, and has each message once', async () => {
    const { file, receive } = await setUp();
    await receive(1, 2_500);
    const response = await file('format=jsonl&chatId=15550100077@c.us');
    const chunks: number[] = [];
    const ids = new Set<string>();
    const decoder = new TextDecoder();
    for await (const chunk of z.instanceof(ReadableStream<Uint8Array>).parse(response.body)) {
      const lines = decoder.decode(chunk).trimEnd().split('\n');
      chunks.push(lines.length);
      for (const line of lines) ids.add(z.object({ id: z.string() }).parse(JSON.parse(line)).id);
    }
    expect(chunks).toEqual([200, 800, 1500]);
    expect(ids.size).toBe(2500);
  });

  test('goes on in another file where there is more: each message once, whatever comes and goes meanwhile', async () => {
    const { file, receive } = await setUp();
    await receive(1, 2_500);
    const ids: string[] = [];
    const sizes: number[] = [];
    let query: string | undefined = 'format=jsonl&chatId=15550100077@c.us&limit=1000';
    while (query !== undefined) {
      const response: Response = await file(query);
      const lines = (await response.text()).trimEnd().split('\n');
      ids.push(...lines.map((line) => z.object({ id: z.string() }).parse(JSON.parse(line)).id));
      sizes.push(lines.length);
      if (sizes.length === 1) {
        await receive(3_000, 3_010);
        // What the first file ended with.
        await harness.db.execute(sql`delete from messages where id = ${ids.at(-1)}`);
      }
      query = /[?](.+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
    }
    expect(sizes).toEqual([1_000, 1_000, 500]);
    expect(new Set(ids).size).toBe(2_500);
  });

  test('is in the audit log', async () => {
    const { file, workspaceId } = await setUp();
    await (await file('')).text();
    await harness.drainAudit();
    const { auditLog } = harness.schema;
    const rows = await harness.db
      .select()
      .from(auditLog)
      .where(sql`${auditLog.workspaceId} = ${workspaceId}`);
    expect(rows).toMatchObject([{ action: 'exportMessages', status: 200 }]);
  });
});

test('a page of a large log is read from an index, whatever it is narrowed by', async () => {
  const { ctx, workspaceId, second } = await setUp();
  await harness.db.execute(sql`
    insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, created_at)
    select 'msg_' || lpad('x' || n, 26, '0'), ${workspaceId}, s.id, 'outbound', n % 500 || '@c.us', 'text', '{}',
      'delivered', 5, now() - n * interval '1 minute'
    from generate_series(1, 20000) n join sessions s on s.workspace_id = ${workspaceId} and s.id <> ${second.id}`);
  await harness.db.execute(sql`analyze messages`);
  const ADVANCED = [
    ['messages_workspace_created', {}],
    [
      'messages_workspace_created',
      { since: new Date(Date.UTC(2026, 10, 1)), direction: 'inbound' },
    ],
    ['messages_session_created', { sessionId: second.id }],
    ['messages_status_created', { status: 'failed' }],
    ['messages_type_created', { type: 'poll' }],
    ['messages_chat', { chatId: { chatId: ADA } }],
  ] as const;
  for (const [index, query] of ADVANCED) {
    const where = await messagesWhere(ctx, filterOf(query));
    const page = pageOfMessages(ctx, where, { cursor: null, limit: 21 });
    const { rows } = await harness.db.execute(sql`explain ${page}`);
    const plan = JSON.stringify(rows);
    expect(plan, index).toContain(index);
    expect(plan, index).not.toContain('Seq Scan on messages');
  }
});
