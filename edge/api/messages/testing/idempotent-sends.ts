import { and, eq, type SQL, sql } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Answer, Harness } from '../../../testing/harness.ts';

export const HELLO = { to: '+15550100001', text: 'Hello' };
export const TEXT = '/v1/messages/text';
export const MISMATCH = { status: 422, error: { code: 'IDEMPOTENCY_MISMATCH' } };

export const touch = (sessionId: string) =>
  sql`update sessions set updated_at = now() where id = ${sessionId}`;

export const replayed = ({ headers }: Answer) => headers.get('idempotent-replayed');

/** Sends under an Idempotency-Key, and what they left. */
export function idempotentSends(harness: Harness) {
  /** A workspace whose default session a runner of its own has. Every send carries the key `order-1` unless told otherwise. */
  async function setUp() {
    const workspace = await harness.newWorkspace();
    const { workspaceId } = workspace;
    const runner = harness.newRunner();
    const { id: sessionId } = await harness.newSession({
      workspaceId,
      owner: runner.owner,
      isDefault: true,
    });
    const { messages, idempotency, sessions } = harness.schema;
    const mine = eq(idempotency.workspaceId, workspaceId);
    return {
      ...workspace,
      runner,
      sessionId,
      send: (
        body: unknown,
        { path = TEXT, key = 'order-1', apiKey = workspace.apiKey, prefer = '' } = {},
      ) =>
        harness.call('POST', path, {
          key: apiKey,
          body,
          headers: { 'idempotency-key': key, ...(prefer === '' ? {} : { prefer }) },
        }),
      sent: () =>
        harness.db
          .select()
          .from(messages)
          .where(and(eq(messages.workspaceId, workspaceId), eq(messages.direction, 'outbound'))),
      keys: () => harness.db.select().from(idempotency).where(mine),
      expireKeys: () =>
        harness.db
          .update(idempotency)
          .set({ expiresAt: new Date(0) })
          .where(mine),
      queueSeq: async () => {
        const [row] = await harness.db.select().from(sessions).where(eq(sessions.id, sessionId));
        return row?.queueSeq;
      },
      setStatus: (status: 'online' | 'qr') =>
        harness.db.update(sessions).set({ status }).where(eq(sessions.id, sessionId)),
    };
  }

  /**
   * Runs a statement that takes the session's row, and commits it when `waiting` others wait for a lock: what is sent meanwhile
   * is under way at once, whatever the machine's pace.
   */
  async function hold(statement: SQL, sessionId: string, waiting: number) {
    const holding = harness.db.batch([
      harness.db.execute(statement),
      harness.db.execute(
        sql.raw(`do $$ begin
          for round in 1..500 loop
            perform pg_stat_clear_snapshot();
            exit when (select count(*) from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock') >= ${waiting};
            perform pg_sleep(0.01);
          end loop;
        end $$`),
      ),
    ]);
    const free = sql`select 1 from sessions where id = ${sessionId} for update skip locked`;
    await expect
      .poll(async () => (await harness.db.execute(free)).rows, { timeout: 5_000, interval: 10 })
      .toEqual([]);
    return () => holding;
  }

  return { setUp, hold };
}
