import { and, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { claimMessages } from '../../services/queue/claim.ts';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

/** A workspace with one session that a runner owns. */
async function setUp() {
  const workspace = await harness.newWorkspace();
  const { workspaceId, apiKey } = workspace;
  const owner = { runnerId: newId('command'), bootId: 'boot', url: 'http://127.0.0.1:9', epoch: 1 };
  const { id: sessionId } = await harness.newSession({ workspaceId, owner, isDefault: true });
  const { messages, events, auditLog } = harness.schema;
  return {
    ...workspace,
    sessionId,
    send: async (more: Record<string, unknown> = {}) => {
      const body = { to: '+15550100001', text: 'Hello', ...more };
      return idOf(await harness.call('POST', '/v1/messages/text', { key: apiKey, body }));
    },
    cancel: (id: string, key = apiKey) =>
      harness.call('POST', `/v1/messages/${id}/cancel`, { key }),
    claim: (limit = 20) =>
      claimMessages({ services: harness.services(), input: { sessionId, epoch: 1, limit } }),
    row: async (id: string) =>
      (await harness.db.select().from(messages).where(eq(messages.id, id)))[0],
    events: () => harness.db.select().from(events).where(eq(events.workspaceId, workspaceId)),
    audited: (id: string) =>
      harness.db
        .select()
        .from(auditLog)
        .where(and(eq(auditLog.target, id), eq(auditLog.action, 'cancelMessage'))),
  };
}

describe('a queued message that is cancelled', () => {
  test('fails as CANCELLED, with one event and one audit row, and is never handed out', async () => {
    const { send, cancel, claim, events, audited, sessionId } = await setUp();
    const id = await send();
    const error = { code: 'CANCELLED', message: 'The message was cancelled before it was sent.' };
    expect(await cancel(id)).toMatchObject({
      status: 200,
      data: { id, status: 'failed', error, failedAt: expect.any(String) },
    });
    expect(await events()).toMatchObject([
      { type: 'message.failed', sessionId, data: { messageId: id, status: 'failed', error } },
    ]);
    expect(await audited(id)).toMatchObject([{ details: { sessionId } }]);
    expect((await claim()).messages).toEqual([]);
    expect(await cancel(id)).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT', details: { status: 'failed' } },
    });
    expect(await events()).toHaveLength(1);
  });

  test('may be one for later', async () => {
    const { send, cancel } = await setUp();
    const id = await send({ sendAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await cancel(id)).toMatchObject({ status: 200, data: { status: 'failed' } });
  });

  test('is either cancelled or claimed, never both, when many try at once', async () => {
    const { send, cancel, claim, row, events, audited } = await setUp();
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) ids.push(await send());
    const claimed: string[] = [];
    const drain = async () => {
      for (let round = 0; round < 6; round += 1)
        claimed.push(...(await claim(2)).messages.map(({ messageId }) => messageId));
    };
    const [answers] = await Promise.all([
      Promise.all(ids.toReversed().flatMap((id) => [cancel(id), cancel(id), cancel(id)])),
      drain(),
    ]);
    const cancelled = answers.filter(({ status }) => status === 200).map((answer) => idOf(answer));
    expect([...cancelled, ...claimed].toSorted()).toEqual(ids.toSorted());
    const others = answers.filter(({ status }) => status !== 200);
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([409]));
    for (const id of ids) {
      const wasCancelled = cancelled.includes(id);
      expect((await row(id))?.status).toBe(wasCancelled ? 'failed' : 'sending');
      expect(await audited(id)).toHaveLength(wasCancelled ? 1 : 0);
    }
    expect(await events()).toHaveLength(cancelled.length);
  });
});

describe('a message is not cancelled', () => {
  test('that a runner has taken up, or that was sent, or came in', async () => {
    const { send, cancel, claim, row } = await setUp();
    const id = await send();
    await claim();
    const conflict = (status: string) => ({
      status: 409,
      error: { code: 'CONFLICT', details: { status } },
    });
    expect(await cancel(id)).toMatchObject(conflict('sending'));
    const { messages } = harness.schema;
    await harness.db.update(messages).set({ status: 'sent' }).where(eq(messages.id, id));
    expect(await cancel(id)).toMatchObject(conflict('sent'));
    await harness.db
      .update(messages)
      .set({ status: 'delivered', direction: 'inbound' })
      .where(eq(messages.id, id));
    expect(await cancel(id)).toMatchObject(conflict('delivered'));
    expect((await row(id))?.error).toBeNull();
  });

  test('by a key without the scope, one pinned elsewhere, or another workspace', async () => {
    const { send, cancel, row, workspaceId } = await setUp();
    const id = await send();
    const reader = await harness.newKey(workspaceId, { scopes: ['messages:read'] });
    expect(await cancel(id, reader.apiKey)).toMatchObject({ status: 403 });
    const other = await harness.newSession({ workspaceId });
    const pinned = await harness.newKey(workspaceId, { sessionId: other.id });
    const missing = { status: 404, error: { code: 'NOT_FOUND' } };
    expect(await cancel(id, pinned.apiKey)).toMatchObject(missing);
    expect(await cancel(id, (await setUp()).apiKey)).toMatchObject(missing);
    expect(await cancel(newId('message'))).toMatchObject(missing);
    expect((await row(id))?.status).toBe('queued');
  });
});
