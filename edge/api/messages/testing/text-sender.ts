import { eq } from 'drizzle-orm';
import type { Harness, NewSession } from '../../../testing/harness.ts';

/** A workspace with one session, owned by a runner of its own, from which `send` sends a text. */
export async function textSender(harness: Harness, session: Partial<NewSession> = {}) {
  const workspace = await harness.newWorkspace();
  const { workspaceId } = workspace;
  const runner = harness.newRunner();
  const { id: sessionId, name } = await harness.newSession({
    workspaceId,
    owner: runner.owner,
    isDefault: true,
    ...session,
  });
  const { messages } = harness.schema;
  return {
    ...workspace,
    runner,
    sessionId,
    name,
    send: (body: unknown, headers: Record<string, string> = {}, key = workspace.apiKey) =>
      harness.call('POST', '/v1/messages/text', { key, body, headers }),
    rows: () =>
      harness.opened(
        harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId)),
      ),
  };
}
