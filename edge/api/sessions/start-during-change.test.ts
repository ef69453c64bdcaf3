import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createHarness } from '../../testing/harness.ts';

const harness = await createHarness();

/** Whoever changes a session's proxy keeps its row until somebody waits for what the change has locked. */
async function holdChangesOfProxies() {
  await harness.db.execute(
    sql.raw(`create function hold() returns trigger language plpgsql as $$ begin
      while not exists (
        select from pg_locks l where not l.granted and pg_backend_pid() = any(pg_blocking_pids(l.pid))
      ) loop perform pg_sleep(0.01); end loop;
      return null;
    end $$`),
  );
  await harness.db.execute(
    sql.raw(`create trigger hold after update on sessions for each row
      when (new.proxy_shown is distinct from old.proxy_shown) execute function hold()`),
  );
}

async function untilLocked(sessionId: string): Promise<void> {
  for (;;) {
    const { rows } = await harness.db.execute(
      sql`select from sessions where id = ${sessionId} for update skip locked`,
    );
    if (rows.length === 0) return;
  }
}

test('a start that comes while the proxy is changed waits for it, and both are done', async () => {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const { id } = await harness.newSession({ workspaceId, status: 'failed' });
  await holdChangesOfProxies();
  const path = `/v1/sessions/${id}`;
  const proxy = { url: 'http://8.8.8.8:3128' };
  const change = harness.call('PATCH', path, { key: apiKey, body: { proxy } });
  await untilLocked(id);
  const start = harness.call('POST', `${path}/start`, { key: apiKey });
  expect(await Promise.all([change, start])).toMatchObject([{ status: 200 }, { status: 200 }]);
  const { sessions } = harness.schema;
  expect(await harness.db.select().from(sessions).where(eq(sessions.id, id))).toMatchObject([
    { status: 'created', proxyShown: 'http://8.8.8.8:3128' },
  ]);
});
