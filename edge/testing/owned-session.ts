import { and, eq } from 'drizzle-orm';
import type { Harness, NewSession } from './harness.ts';

const okay = (result: unknown) => ({ body: { ok: true, result } });

/** A session of a new workspace whose owner, a fake runner, does all that it is told; with calls by the workspace's key. */
export async function ownedSession(
  harness: Harness,
  change: Partial<NewSession> = {},
  workspace: { maxSessions?: number } = {},
) {
  const { workspaceId, apiKey, ctx } = await harness.newWorkspace(workspace);
  const runner = harness.newRunner();
  await runner.script({
    restart: okay({}),
    reconnect: okay({}),
    logout: okay({ unlinked: true }),
    pairingCode: okay({ code: 'ABCD1234', expiresAt: Date.UTC(2026, 10, 21, 10, 3) }),
  });
  const { id, name } = await harness.newSession({ workspaceId, owner: runner.owner, ...change });
  const { sessions, sessionLeases, events, auditLog } = harness.schema;
  const call = (method: string, path: string, body?: unknown) =>
    harness.call(method, `/v1/sessions${path}`, {
      key: apiKey,
      ...(body === undefined ? {} : { body }),
    });
  return {
    workspaceId,
    ctx,
    key: apiKey,
    runner,
    id,
    name,
    call,
    post: (verb: string, body?: unknown) => call('POST', `/${id}/${verb}`, body),
    set: (values: Partial<typeof sessions.$inferInsert>) =>
      harness.db.update(sessions).set(values).where(eq(sessions.id, id)),
    lease: async () => {
      const rows = harness.db.select().from(sessionLeases).where(eq(sessionLeases.sessionId, id));
      return (await rows)[0];
    },
    told: async () =>
      (await harness.db.select().from(events).where(eq(events.sessionId, id))).map(
        ({ data }) => data,
      ),
    /** What the log says by the writes' own statements. */
    audited: async () => {
      const mine = and(eq(auditLog.workspaceId, workspaceId), eq(auditLog.target, id));
      const rows = await harness.db.select().from(auditLog).where(mine);
      return rows.map(({ action }) => action).toSorted();
    },
    commands: async () => (await runner.calls()).filter(({ name: called }) => called !== 'wake'),
    send: () =>
      harness.call('POST', '/v1/messages/text', {
        key: apiKey,
        body: { sessionId: id, to: '15550100001', text: 'hello' },
      }),
  };
}
