import { and, eq } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Happy, happyWrites, newWorld, SECRETS } from '../../testing/happy-writes.ts';
import { type Answer, createHarness, type Harness } from '../../testing/harness.ts';
import { type ListedOperation, readDocument } from '../../testing/openapi.ts';

let harness: Harness;
let writes: (ListedOperation & { operationId: string })[];
beforeAll(async () => {
  harness = await createHarness();
  const response = await harness.request('GET', '/openapi.json');
  const { operations } = readDocument(await response.json());
  writes = operations.flatMap(({ operationId = '', ...operation }) =>
    operation.method !== 'GET' && operation.path.startsWith('/v1/')
      ? [{ ...operation, operationId }]
      : [],
  );
});

/** Milliseconds, for tests that walk through all writes. */
const LONG = 60_000;

/** What writes nothing at the edge: a command for the sandbox. */
const BY_QUEUE: ReadonlySet<string> = new Set([
  'scanSandbox',
  'receiveSandboxMessage',
  'setSandboxAcks',
  'setSandboxNetwork',
  'unlinkSandbox',
]);

function perform({ method, path }: ListedOperation, key: string, { id, body, as }: Happy) {
  const options = { key: as ?? key, ...(body === undefined ? {} : { body }) };
  return harness.call(method, path.replace(/\{\w+\}/, id ?? ''), options);
}

const rowsOf = ({ meta }: Answer, kind: 'request' | 'security' = 'request') => {
  const { auditLog } = harness.schema;
  return harness.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.requestId, meta.requestId), eq(auditLog.kind, kind)));
};

describe('every write', () => {
  test('is in the table of this test', () => {
    expect(writes.map(({ operationId }) => operationId).toSorted()).toEqual(
      Object.keys(happyWrites(harness)).toSorted(),
    );
  });

  test(
    'that is accepted leaves one row with its operationId, in its own statement',
    async () => {
      for (const operation of writes) {
        const { operationId } = operation;
        const world = await newWorld(harness);
        await harness.drainAudit();
        const answer = await perform(
          operation,
          world.key.apiKey,
          happyWrites(harness)[operationId]?.(world) ?? {},
        );
        expect({ status: answer.status, error: answer.error }, operationId).toEqual({
          status: expect.toSatisfy((status: number) => status >= 200 && status < 300),
          error: undefined,
        });
        const byQueue = BY_QUEUE.has(operationId);
        const before = await rowsOf(answer);
        expect(before.length, operationId).toBe(byQueue ? 0 : 1);
        const queued = await harness.drainAudit();
        expect(queued.length, operationId).toBe(byQueue ? 1 : 0);
        const rows = await rowsOf(answer);
        expect(rows, operationId).toMatchObject([
          {
            action: operationId,
            method: operation.method,
            route: operation.path,
            status: answer.status,
            errorCode: null,
            actorId: expect.stringMatching(/^(?:key|usr)_/),
          },
        ]);
        expect(rows[0]?.target === null, operationId).toBe(byQueue);
      }
    },
    LONG,
  );

  test(
    'that is refused leaves one row by the queue, and none by a statement',
    async () => {
      const { workspaceId } = await harness.newWorkspace();
      const { apiKey } = await harness.newKey(workspaceId, { scopes: [], perMinute: 10_000 });
      for (const operation of writes) {
        const { operationId, requestBody } = operation;
        const body = requestBody?.content?.['application/json']?.example;
        const answer = await perform(operation, apiKey, { id: newId('key'), body });
        expect(answer.status, operationId).toBeGreaterThanOrEqual(400);
        expect(await rowsOf(answer), operationId).toEqual([]);
        await harness.drainAudit();
        expect(await rowsOf(answer), operationId).toMatchObject([
          { action: operationId, status: answer.status, errorCode: answer.error?.code },
        ]);
      }
    },
    LONG,
  );

  test(
    'of what is not there leaves none by a statement either',
    async () => {
      const addressed = writes.filter(({ path }) => path.includes('{'));
      expect(addressed.length).toBeGreaterThan(10);
      for (const operation of addressed) {
        const { operationId } = operation;
        const world = await newWorld(harness);
        const happy = happyWrites(harness)[operationId]?.(world) ?? {};
        const missing = `${happy.id?.slice(0, 4)}${newId('event').slice(4)}`;
        const answer = await perform(operation, world.key.apiKey, { ...happy, id: missing });
        expect(answer.status, operationId).toBe(404);
        expect(await rowsOf(answer), operationId).toEqual([]);
        expect(await rowsOf(answer, 'security'), operationId).toEqual([]);
      }
    },
    LONG,
  );

  test(
    'keeps secrets and messages out of the log',
    async () => {
      const shown: string[] = [];
      for (const operation of writes) {
        const world = await newWorld(harness);
        const { owner, member, guest, key, token } = world;
        const answer = await perform(
          operation,
          key.apiKey,
          happyWrites(harness)[operation.operationId]?.(world) ?? {},
        );
        shown.push(
          key.apiKey,
          token,
          ...[owner, member, guest].flatMap((one) => [one.token, one.cookie]),
        );
        const { key: made, secret } = Object(answer.data) as { key?: string; secret?: string };
        for (const secretShown of [made, secret])
          if (secretShown !== undefined) shown.push(secretShown);
        await harness.call('GET', `/v1/sessions?token=${key.apiKey}`, { key: key.apiKey });
      }
      await harness.drainAudit();
      const rows = await harness.db.select().from(harness.schema.auditLog);
      const log = JSON.stringify(rows);
      expect(rows.length).toBeGreaterThan(2 * writes.length);
      const secrets = [...shown, ...Object.values(SECRETS)];
      expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
      expect(log).not.toMatch(/wp_(?:live|test)_|whsec_|eyJ[\w-]+\./);
    },
    LONG,
  );
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
