import { and, eq, inArray } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Happy,
  happyWrites,
  LIVE_WRITES,
  MESSAGE_ACTIONS,
  newWorld,
  SECRETS,
  type World,
} from '../../testing/happy-writes.ts';
import { type Answer, createHarness, type Harness } from '../../testing/harness.ts';
import { type ListedOperation, readDocument } from '../../testing/openapi.ts';

let harness: Harness;
let writes: (ListedOperation & { operationId: string })[];
/** All but those that no engine can do, which are always refused. */
let accepted: typeof writes;
beforeAll(async () => {
  harness = await createHarness();
  const response = await harness.request('GET', '/openapi.json');
  const { operations } = readDocument(await response.json());
  writes = operations.flatMap(({ operationId = '', ...operation }) =>
    operation.method !== 'GET' && operation.path.startsWith('/v1/')
      ? [{ ...operation, operationId }]
      : [],
  );
  accepted = writes.filter(({ responses }) =>
    Object.keys(responses).some((status) => status.startsWith('2')),
  );
});

/** What writes nothing here, or is a command for the sandbox or a live session: the edge writes at most what that answers. */
const BY_QUEUE: ReadonlySet<string> = new Set([
  'createRealtimeToken',
  'scanSandbox',
  'receiveSandboxMessage',
  'setSandboxAcks',
  'setSandboxNetwork',
  'unlinkSandbox',
  'retryMedia',
  ...Object.keys(LIVE_WRITES),
  ...Object.keys(MESSAGE_ACTIONS),
]);

function perform({ method, path }: ListedOperation, key: string, { id, body, as }: Happy) {
  const options = { key: as ?? key, ...(body === undefined ? {} : { body }) };
  return harness.call(method, path.replace(/\{\w+\}/, id ?? ''), options);
}

const rowsOf = ({ meta }: Answer, kind: 'request' | 'security' = 'request') =>
  rowsOfAll([meta.requestId], kind);

const rowsOfAll = (requestIds: readonly string[], kind: 'request' | 'security' = 'request') => {
  const { auditLog } = harness.schema;
  return harness.db
    .select()
    .from(auditLog)
    .where(and(inArray(auditLog.requestId, [...requestIds]), eq(auditLog.kind, kind)));
};

type Call = { operation: ListedOperation & { operationId: string }; answer: Answer };
const idsOf = (calls: readonly Call[]): string[] =>
  calls.map(({ answer }) => answer.meta.requestId);

/** What calls left in the audit log, by operation: rows of a kind, each as `pick` shows it. */
function byOperation<Row extends { requestId: string | null }, Shown>(
  calls: readonly Call[],
  rows: readonly Row[],
  pick: (row: Row) => Shown,
): Record<string, Shown[]> {
  return Object.fromEntries(
    calls.map(({ operation, answer }) => [
      operation.operationId,
      rows.filter(({ requestId }) => requestId === answer.meta.requestId).map(pick),
    ]),
  );
}

/** The same for each operation: a table to compare with. */
const each = <Shown>(calls: readonly Call[], show: (call: Call) => Shown): Record<string, Shown> =>
  Object.fromEntries(calls.map((call) => [call.operation.operationId, show(call)]));

test('every write is in the table of this test', () => {
  expect(accepted.map(({ operationId }) => operationId).toSorted()).toEqual(
    Object.keys(happyWrites(harness)).toSorted(),
  );
});

describe('every write that is accepted', () => {
  let calls: (Call & { world: World })[];
  /** Rows of the audit log before its queue was emptied. */
  let before: Awaited<ReturnType<typeof rowsOfAll>>;
  let after: Awaited<ReturnType<typeof rowsOfAll>>;

  // Each in a workspace of its own, all at once: what one of them deletes is nobody else's.
  beforeAll(async () => {
    await harness.drainAudit();
    calls = await Promise.all(
      accepted.map(async (operation) => {
        const world = await newWorld(harness);
        const happy = happyWrites(harness)[operation.operationId]?.(world) ?? {};
        return { operation, world, answer: await perform(operation, world.key.apiKey, happy) };
      }),
    );
    before = await rowsOfAll(idsOf(calls));
    await harness.drainAudit();
    after = await rowsOfAll(idsOf(calls));
  }, 120_000);

  const isByQueue = ({ operation }: Call): boolean => BY_QUEUE.has(operation.operationId);

  test('is answered 2xx', () => {
    expect(each(calls, ({ answer }) => answer.error)).toEqual(each(calls, () => undefined));
    const statuses = each(calls, ({ answer }) => Math.floor(answer.status / 100));
    expect(statuses).toEqual(each(calls, () => 2));
  });

  test('leaves its row in its own statement, or by the queue when it writes nothing itself', () => {
    expect(byOperation(calls, before, ({ action }) => action)).toEqual(
      each(calls, (call) => (isByQueue(call) ? [] : [call.operation.operationId])),
    );
  });

  test('leaves one row with its operationId, route and status', () => {
    const shown = byOperation(calls, after, (row) => ({
      action: row.action,
      method: row.method,
      route: row.route,
      status: row.status,
      errorCode: row.errorCode,
      byWhom: row.actorId?.slice(0, 4),
      target: row.target !== null,
    }));
    expect(shown).toEqual(
      each(calls, (call) => [
        {
          action: call.operation.operationId,
          method: call.operation.method,
          route: call.operation.path,
          status: call.answer.status,
          errorCode: null,
          byWhom: expect.stringMatching(/^(?:key|usr)_$/),
          target: !isByQueue(call),
        },
      ]),
    );
  });

  test('keeps secrets and messages out of the log', async () => {
    const shown: string[] = Object.values(SECRETS);
    for (const { answer, world } of calls) {
      const { owner, member, guest, key, token } = world;
      shown.push(key.apiKey, token);
      for (const person of [owner, member, guest]) shown.push(person.token, person.cookie);
      const made = Object(answer.data) as { key?: string; secret?: string };
      shown.push(...[made.key, made.secret].filter((secret) => secret !== undefined));
    }
    const reads = await Promise.all(
      calls.map(({ world: { key } }) =>
        harness.call('GET', `/v1/sessions?token=${key.apiKey}`, { key: key.apiKey }),
      ),
    );
    await harness.drainAudit();
    const recorded = await rowsOfAll([...idsOf(calls), ...reads.map(({ meta }) => meta.requestId)]);
    expect(recorded).toHaveLength(2 * calls.length);
    const log = JSON.stringify(await harness.db.select().from(harness.schema.auditLog));
    expect(shown.filter((secret) => log.includes(secret))).toEqual([]);
    expect(log).not.toMatch(/wp_(?:live|test)_|whsec_|eyJ[\w-]+\./);
  });
});

describe('every write', () => {
  test('that is refused leaves one row by the queue, and none by a statement', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey } = await harness.newKey(workspaceId, { scopes: [], perMinute: 10_000 });
    const calls = await Promise.all(
      writes.map(async (operation) => {
        const body = operation.requestBody?.content?.['application/json']?.example;
        return { operation, answer: await perform(operation, apiKey, { id: newId('key'), body }) };
      }),
    );
    expect(calls.filter(({ answer }) => answer.error === undefined)).toEqual([]);
    expect(await rowsOfAll(idsOf(calls))).toEqual([]);
    await harness.drainAudit();
    const rows = await rowsOfAll(idsOf(calls));
    expect(
      byOperation(calls, rows, ({ action, status, errorCode }) => [action, status, errorCode]),
    ).toEqual(
      each(calls, ({ operation, answer }) => [
        [operation.operationId, answer.status, answer.error?.code],
      ]),
    );
  });

  test('of what is not there leaves none by a statement either', async () => {
    const addressed = writes.filter(
      ({ path, operationId }) =>
        path.includes('{') && !(operationId in LIVE_WRITES) && !path.startsWith('/v1/presence/'),
    );
    expect(addressed.length).toBeGreaterThan(10);
    const world = await newWorld(harness);
    const calls = await Promise.all(
      addressed.map(async (operation) => {
        const happy = happyWrites(harness)[operation.operationId]?.(world) ?? {};
        const id = `${happy.id?.slice(0, 4)}${newId('event').slice(4)}`;
        const answer = await perform(operation, world.key.apiKey, { ...happy, id });
        return { operation, answer };
      }),
    );
    // Unsubscribing succeeds, whether there is a subscription or not.
    const wanted = each(calls, ({ operation }) =>
      operation.operationId === 'deleteHook' ? 200 : 404,
    );
    expect(each(calls, ({ answer }) => answer.status)).toEqual(wanted);
    expect(await rowsOfAll(idsOf(calls))).toEqual([]);
    expect(await rowsOfAll(idsOf(calls), 'security')).toEqual([]);
  });
});

describe('a send', () => {
  const sendText = (key: string, headers: Record<string, string> = {}) =>
    harness.call('POST', '/v1/messages/text', {
      key,
      headers,
      body: { to: '+15550100001', text: SECRETS.text },
    });

  test('names message and session', async () => {
    const { key, session } = await newWorld(harness);
    const answer = await sendText(key.apiKey);
    expect(await rowsOf(answer)).toMatchObject([
      { action: 'sendText', target: Object(answer.data).id, details: { sessionId: session.id } },
    ]);
  });

  test('that is repeated under its Idempotency-Key is recorded as a read is', async () => {
    const { key } = await newWorld(harness);
    const headers = { 'idempotency-key': 'order-1' };
    const first = await sendText(key.apiKey, headers);
    const again = await sendText(key.apiKey, headers);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect([await rowsOf(first), await rowsOf(again)].map(({ length }) => length)).toEqual([1, 0]);
    await harness.drainAudit();
    expect(await rowsOf(again)).toMatchObject([{ action: 'sendText', status: 202, target: null }]);
  });

  test('fifty at once under one Idempotency-Key: one row by a statement, one for each', async () => {
    const { key, workspaceId } = await newWorld(harness);
    const headers = { 'idempotency-key': 'order-2' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => sendText(key.apiKey, headers)),
    );
    const { auditLog } = harness.schema;
    const mine = and(eq(auditLog.workspaceId, workspaceId), eq(auditLog.action, 'sendText'));
    expect(await harness.db.$count(auditLog, mine)).toBe(1);
    await harness.drainAudit();
    expect(await harness.db.$count(auditLog, mine)).toBe(answers.length);
  });

  test('that was accepted and then failed stays one row', async () => {
    const { workspaceId, apiKey } = await harness.newWorkspace();
    const runner = harness.newRunner();
    await harness.newSession({ workspaceId, owner: runner.owner, isDefault: true });
    const error = { code: 'RECIPIENT_NOT_ON_WHATSAPP', message: 'no' };
    const settled = { status: 'failed', wireId: null, error };
    await runner.script({ doorbell: { body: { settled } } });
    const answer = await sendText(apiKey, { prefer: 'wait=5' });
    expect(answer.error?.code).toBe('RECIPIENT_NOT_ON_WHATSAPP');
    expect(await harness.drainAudit()).not.toEqual([]);
    expect(await rowsOf(answer)).toMatchObject([{ status: 202, target: expect.any(String) }]);
  });
});

describe('a security event', () => {
  test.each([
    ['createKey', 'key.created', { name: 'new', scopes: ['messages:send'], mode: 'live' }],
    ['updateKey', 'key.changed', { name: 'renamed' }],
    ['rotateKey', 'key.rotated', { overlapSeconds: 60 }],
    ['deleteKey', 'key.revoked', null],
  ])('%s leaves %s beside its own row', async (operationId, action, details) => {
    const world = await newWorld(harness);
    const operation = writes.find((write) => write.operationId === operationId);
    if (operation === undefined) throw new Error(`no ${operationId}`);
    const happy = happyWrites(harness)[operationId]?.(world) ?? {};
    const answer = await perform(operation, world.owner.token, happy);
    expect(await rowsOf(answer, 'security')).toMatchObject([
      {
        action,
        workspaceId: world.workspaceId,
        actorType: 'user',
        actorId: world.owner.userId,
        target: Object(answer.data).id,
        status: answer.status,
        details,
      },
    ]);
    expect(await rowsOf(answer)).toMatchObject([
      { action: operationId, target: Object(answer.data).id },
    ]);
  });

  test('has none when nothing was written', async () => {
    const { key } = await newWorld(harness);
    const path = `/v1/keys/${newId('key')}`;
    const answer = await harness.call('DELETE', path, { key: key.apiKey });
    expect(answer.status).toBe(404);
    expect(await rowsOf(answer, 'security')).toEqual([]);
  });
});
