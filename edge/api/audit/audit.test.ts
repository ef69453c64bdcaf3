import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import { runCron } from '../../jobs/cron.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

type NewRow = Partial<Harness['schema']['auditLog']['$inferInsert']>;

const DAY_MS = 86_400_000;
const NOON = Date.parse('2026-11-20T12:00:00.000Z');

/** Rows of one workspace, each a second later than the one before. */
async function insert(workspaceId: string, rows: readonly NewRow[]): Promise<string[]> {
  const values = rows.map((row, n) => ({
    id: newId('audit', NOON + n * 1000),
    workspaceId,
    kind: 'request' as const,
    action: 'listKeys',
    actorType: 'apiKey' as const,
    actorId: 'key_1',
    method: 'GET',
    route: '/v1/keys',
    status: 200,
    requestId: newId('request'),
    createdAt: new Date(NOON + n * 1000),
    ...row,
  }));
  await harness.db.insert(harness.schema.auditLog).values(values);
  return values.map(({ id }) => id);
}

const Entries = z.array(z.object({ id: z.string() }).loose());
const idsOf = (data: unknown): string[] => Entries.parse(data).map(({ id }) => id);

describe('GET /v1/audit', () => {
  test('lists the workspace’s entries in pages, newest first, and nobody else’s', async () => {
    const [{ apiKey: key, workspaceId }, other] = [
      await harness.newWorkspace(),
      await harness.newWorkspace(),
    ];
    await insert(other.workspaceId, [{}]);
    const same = { createdAt: new Date(NOON) };
    const ids = await insert(workspaceId, [{}, same, same, {}, {}]);
    const seen: string[] = [];
    let cursor: string | null | undefined;
    for (let page = 0; page < 3; page += 1) {
      const after = cursor == null ? '' : `&cursor=${cursor}`;
      const answer = await harness.call('GET', `/v1/audit?limit=2${after}`, { key });
      seen.push(...idsOf(answer.data));
      cursor = z.string().nullable().parse(answer.meta['nextCursor']);
    }
    expect(cursor).toBeNull();
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect(seen.slice(0, 2)).toEqual([ids[4], ids[3]]);
  });

  test('shows an entry whole', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const details = { sessionId: 'ses_1' };
    const row = { target: 'msg_1', address: '203.0.113.7', errorCode: 'FORBIDDEN', details };
    const [id] = await insert(workspaceId, [{ ...row, status: 403, requestId: 'req_1' }]);
    const { data } = await harness.call('GET', '/v1/audit', { key });
    expect(data).toEqual([
      {
        id,
        at: '2026-11-20T12:00:00.000Z',
        kind: 'request',
        action: 'listKeys',
        actorType: 'apiKey',
        actorId: 'key_1',
        method: 'GET',
        route: '/v1/keys',
        status: 403,
        requestId: 'req_1',
        ...row,
      },
    ]);
  });

  test.each([
    ['kind=security', [1]],
    ['action=key.created', [1]],
    ['actor=usr_1', [2]],
    ['target=ses_1', [3]],
    ['status=403', [4]],
    ['since=2026-11-20T12:00:03Z', [4, 3]],
    ['until=2026-11-20T13:00:01%2B01:00', [0]],
    ['since=2026-11-20T12:00:01Z&until=2026-11-20T12:00:02Z', [1]],
    ['kind=request&actor=key_1&status=200', [3, 0]],
  ])('narrowed by %s', async (query, wanted) => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const ids = await insert(workspaceId, [
      {},
      { kind: 'security', action: 'key.created' },
      { actorType: 'user', actorId: 'usr_1' },
      { target: 'ses_1' },
      { status: 403 },
    ]);
    const { data } = await harness.call('GET', `/v1/audit?${query}`, { key });
    expect(idsOf(data)).toEqual(wanted.map((n) => ids[n]));
  });

  test.each(['kind=other', 'status=9', 'since=yesterday', 'cursor=x', 'limit=0', 'action='])(
    'refuses %s',
    async (query) => {
      const { apiKey: key } = await harness.newWorkspace();
      const answer = await harness.call('GET', `/v1/audit?${query}`, { key });
      expect(answer).toMatchObject({ status: 422, error: { code: 'VALIDATION_ERROR' } });
    },
  );
});

describe('who reads it', () => {
  test.each(['/v1/audit', '/v1/audit/export'])('%s: an owner, and a live key', async (path) => {
    const owner = await harness.newUser();
    const { workspaceId } = owner;
    const { apiKey } = await harness.newKey(workspaceId, { scopes: ['audit:read'] });
    for (const key of [owner.token, apiKey])
      expect((await harness.request('GET', path, { key })).status).toBe(200);
  });

  test.each(['/v1/audit', '/v1/audit/export'])('%s: nobody who sees only a part', async (path) => {
    const owner = await harness.newUser();
    const { workspaceId } = owner;
    const member = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
    const session = await harness.newSession({ workspaceId });
    const pinned = await harness.newKey(workspaceId, { sessionId: session.id });
    const testing = await harness.newKey(workspaceId, { mode: 'test' });
    const other = await harness.newKey(workspaceId, { scopes: ['keys:read'] });
    for (const key of [member.token, pinned.apiKey, testing.apiKey, other.apiKey])
      expect(await harness.call('GET', path, { key })).toMatchObject({
        status: 403,
        error: { code: 'FORBIDDEN' },
      });
  });
});

describe('GET /v1/audit/export', () => {
  const exported = async (key: string, query: string) => {
    const response = await harness.request('GET', `/v1/audit/export?${query}`, { key });
    return { response, text: await response.text() };
  };

  test('CSV: a header, one record an entry, formulas made harmless', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const evil = { target: '=HYPERLINK("http://evil.example","x")', actorId: '+1555' };
    const ids = await insert(workspaceId, [{ details: { a: 'b,"c"' } }, evil]);
    const { response, text } = await exported(key, 'since=2026-11-19T00:00:00Z');
    expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="waypost-audit-2026-11-19-to-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const lines = text.split('\r\n');
    expect(lines[0]).toBe(
      'id,at,kind,action,actorType,actorId,target,method,route,status,errorCode,requestId,address,details',
    );
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(
      `${ids[1]},2026-11-20T12:00:01.000Z,request,listKeys,apiKey,'+1555,`,
    );
    expect(lines[1]).toContain(`,"'=HYPERLINK(""http://evil.example"",""x"")",GET,`);
    expect(lines[2]).toContain(`,"{""a"":""b,\\""c\\""""}"`);
    expect(lines[3]).toBe('');
  });

  test('JSON: one array, filtered; empty when there is nothing', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const ids = await insert(workspaceId, [{}, { status: 404 }, {}]);
    const some = await exported(key, 'format=json&status=200&until=2026-11-21T00:00:00Z');
    expect(idsOf(JSON.parse(some.text))).toEqual([ids[2], ids[0]]);
    expect(some.response.headers.get('content-disposition')).toContain(
      '"waypost-audit-until-2026-11-21.json"',
    );
    const none = await exported(key, 'format=json&status=599');
    expect(JSON.parse(none.text)).toEqual([]);
  });

  test('goes beyond one page, and each entry comes once', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const at = new Date(NOON);
    await insert(
      workspaceId,
      Array.from({ length: 2_003 }, () => ({ createdAt: at })),
    );
    const { text } = await exported(key, 'format=json&until=2026-11-21T00:00:00Z');
    const ids = idsOf(JSON.parse(text));
    expect([ids.length, new Set(ids).size]).toEqual([2_003, 2_003]);
    const csv = await exported(key, 'format=csv&until=2026-11-21T00:00:00Z');
    expect(csv.text.split('\r\n')).toHaveLength(2_005);
  });

  test('breaks off when the database is gone half-way: what arrives is not taken for whole', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    await insert(
      workspaceId,
      Array.from({ length: 2_003 }, () => ({})),
    );
    const query = 'format=json&until=2026-11-21T00:00:00Z';
    const database = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin);
    const env = { DATABASE_HTTP_URL: `${database.url}/sql` };
    const { body } = await harness.request('GET', `/v1/audit/export?${query}`, { key, env });
    const reader = body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await database.close();
    const rest = async () => {
      while ((await reader?.read())?.done === false);
    };
    await expect(rest()).rejects.toThrow();
  });

  test('ends where a page does', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    await insert(
      workspaceId,
      Array.from({ length: 1_000 }, () => ({})),
    );
    const { text } = await exported(key, 'format=json&until=2026-11-21T00:00:00Z');
    expect(idsOf(JSON.parse(text))).toHaveLength(1_000);
  });
});

describe('what is older than 400 days', () => {
  test('is deleted by the cron job, and nothing younger', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const aged = (days: number) => ({ createdAt: new Date(Date.now() - days * DAY_MS) });
    const [, young] = await insert(workspaceId, [aged(401), aged(399)]);
    await runCron(harness.services());
    const { data } = await harness.call('GET', '/v1/audit', { key });
    expect(idsOf(data)).toEqual([young]);
  });
});
